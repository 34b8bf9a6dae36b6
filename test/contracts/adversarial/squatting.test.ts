/** M-5, both ways round, and L-2: batches that are held and not delivered. */
import { zeroAddress } from "viem";
import { beforeEach, expect, it } from "vitest";
import { salt } from "../dispute.ts";
import {
  type Actor,
  DAY,
  ETHER,
  expectRevert,
  GENESIS,
  hashTerms,
  type Market,
  spec,
  startMarket,
  type Terms,
  termsOf,
} from "../market.ts";
import { STAKE, strangers, weighed } from "./arena.ts";

const BURN = "0x000000000000000000000000000000000000dEaD";
const WINDOW = DAY;

let market: Market;
let terms: Terms;
beforeEach(async () => {
  market = await startMarket();
  terms = termsOf(market.requester.address, {
    stakePerBatch: STAKE,
    batchSize: 4,
    claimUntil: GENESIS + 30 * DAY,
    submitWindowSeconds: WINDOW,
  });
  await market.requester.write.post([terms, spec], { value: terms.rewardPerTask * 10n });
});

const burned = () => market.read.credit([BURN, zeroAddress]);

/**
 * Holds three batches for ten days, giving them back before each deadline and taking them again, or letting them expire. For how many
 * seconds each was held.
 */
async function squat(squatters: readonly Actor[], held: number, ends: "release" | "expire") {
  let now = GENESIS + 1000;
  let sum = 0;
  for (const squatter of squatters) await squatter.write.deposit({ value: ETHER });
  while (now < GENESIS + 10 * DAY) {
    for (const [batch, squatter] of squatters.entries()) {
      await market.at(now + 10 * batch);
      await squatter.write.claim([terms, batch]);
    }
    now += held;
    sum += held;
    for (const [batch, squatter] of squatters.entries()) {
      await market.at(now + 10 * batch);
      if (ends === "release") await squatter.write.release([terms, batch]);
      else await market.stranger.write.expire([terms, batch]);
    }
    now += 100;
  }
  return BigInt(sum);
}

it("M-5: three batches squatted for ten days by giving them back cost what letting them expire costs", async () => {
  const { requester, network } = market;
  const squatters = await strangers(market, 3);
  const snapshot = await network.networkHelpers.takeSnapshot();
  const costs: { burnt: bigint; heldSeconds: bigint }[] = [];
  for (const [ends, held] of [
    ["expire", WINDOW + 1],
    ["release", WINDOW],
    ["release", WINDOW / 2],
    ["release", WINDOW / 10],
  ] as const) {
    const outcome = await weighed(market, { squatters, requester: [requester] });
    const heldSeconds = await squat(squatters, held, ends);
    const { withoutGas } = await outcome(`M-5: held for ${held} s at a time, then ${ends}`);
    expect(withoutGas.requester).toBe(0n);
    // All that they lost but gas is burned.
    const burnt = await burned();
    expect(withoutGas.squatters).toBe(-burnt);
    costs.push({ burnt, heldSeconds });
    // Not even at the worst moment is the job locked.
    await requester.write.cancel([terms]);
    await snapshot.restore();
  }
  const [expiry, ...releases] = costs;
  if (expiry === undefined) throw new Error("nothing expired");
  for (const { burnt, heldSeconds } of releases) {
    expect(burnt * expiry.heldSeconds).toBeGreaterThanOrEqual(expiry.burnt * heldSeconds);
  }
});

it("M-5: the score falls with the time held too", async () => {
  const { worker, requester, read } = market;
  await worker.write.deposit({ value: ETHER });
  const own = { ...terms, taskCount: 2, batchSize: 1, salt: 7n };
  await requester.write.post([own, spec], { value: own.rewardPerTask * 2n });
  await worker.write.claim([own, 0]);
  await worker.write.submit([hashTerms(own), 0, salt, spec.manifest]);
  await market.at(GENESIS + DAY);
  await worker.write.settle([own, [0]]);
  const { score } = await read.account([worker.address]);
  await market.at(GENESIS + DAY + 100);
  await worker.write.claim([own, 1]);
  await market.at(GENESIS + DAY + 100 + WINDOW);
  await worker.write.release([own, 1]);
  expect((await read.account([worker.address])).score).toBe(score - Math.ceil(score / 10));
});

it("M-5: cancel works while every batch is taken, once, and what comes back later is refunded", async () => {
  const { requester, stranger, read } = market;
  const squatters = await strangers(market, 3);
  const outcome = await weighed(market, { squatters, requester: [requester] });
  for (const [batch, squatter] of squatters.entries()) {
    await squatter.write.deposit({ value: ETHER });
    await squatter.write.claim([terms, batch]);
  }
  await requester.write.cancel([terms]);
  await expectRevert(requester.write.cancel([terms]), "Marketplace_Cancelled", [hashTerms(terms)]);
  await squatters[0]?.write.release([terms, 0]);
  await market.at(GENESIS + 3 * DAY);
  for (const batch of [1, 2]) await stranger.write.expire([terms, batch]);
  for (const [batch, squatter] of squatters.entries()) {
    await expectRevert(squatter.write.claim([terms, batch]), "Marketplace_Cancelled", [
      hashTerms(terms),
    ]);
  }
  const { won } = await outcome("M-5: squatting against cancel");
  expect(won.squatters).toBeLessThan(-(2n * STAKE) / 5n);
  const escrow = terms.rewardPerTask * 10n;
  expect(await read.credit([requester.address, zeroAddress])).toBe(escrow);
});

it("M-5, the other way round: a requester that starves its workers earns nothing by it", async () => {
  const { requester, stranger } = market;
  const workers = await strangers(market, 3);
  const outcome = await weighed(market, { requester: [requester, stranger], workers });
  const [first, second, third] = workers;
  if (first === undefined || second === undefined || third === undefined) throw new Error("none");
  for (const [batch, worker] of workers.entries()) {
    await worker.write.deposit({ value: ETHER });
    await worker.write.claim([terms, batch]);
  }
  // Inputs were served for the trial only: one gives up at once, one late, one is caught by the deadline.
  await first.write.release([terms, 0]);
  await market.at(GENESIS + WINDOW / 2);
  await second.write.release([terms, 1]);
  await market.at(GENESIS + 2 * DAY);
  await stranger.write.expire([terms, 2]);
  await requester.write.cancel([terms]);
  await requester.write.withdraw([zeroAddress, requester.address]);
  const escrow = terms.rewardPerTask * 10n;
  const { won } = await outcome("M-5: starves its workers (its escrow was out before)");
  expect(won.requester - escrow).toBeLessThan(0n);
  expect(await burned()).toBeGreaterThan((STAKE * 30n) / 100n);
});

it("release edges: the first second costs the least fee, the last one an expiry, and after it there is no release", async () => {
  const { requester, worker, network, read } = market;
  const short = { ...terms, submitWindowSeconds: 1, salt: 8n };
  await requester.write.post([short, spec], { value: short.rewardPerTask * 10n });
  await worker.write.deposit({ value: ETHER });
  await market.at(GENESIS + 1000);
  await worker.write.claim([short, 0]);
  const snapshot = await network.networkHelpers.takeSnapshot();
  const before = (await read.account([worker.address])).stake;
  // One second is the whole window.
  await market.at(GENESIS + 1001);
  await worker.write.release([short, 0]);
  expect((await read.account([worker.address])).stake).toBe(before - STAKE / 5n);
  await snapshot.restore();
  await market.at(GENESIS + 1002);
  await worker.write.release([short, 0]).then(
    () => expect.unreachable("too late"),
    () => {},
  );
  await worker.write.expire([short, 0]);
  expect((await read.account([worker.address])).stake).toBe(before - STAKE / 5n);
});

it("claimUntil edges: what comes back after it goes to the requester, cancelled or not", async () => {
  const { requester, worker, stranger, read } = market;
  const until = GENESIS + 2000;
  const short = { ...terms, claimUntil: until, salt: 9n };
  const escrow = short.rewardPerTask * 10n;
  await requester.write.post([short, spec], { value: escrow });
  await worker.write.deposit({ value: ETHER });
  await market.at(until);
  await worker.write.claim([short, 0]);
  await expectRevert(stranger.write.claim([short, 1]), "Marketplace_ClaimingClosed", [
    hashTerms(short),
    until,
  ]);
  await market.at(until + WINDOW);
  await worker.write.release([short, 0]);
  expect(await read.credit([requester.address, zeroAddress])).toBe(4n * short.rewardPerTask);
  await requester.write.cancel([short]);
  expect(await read.credit([requester.address, zeroAddress])).toBe(escrow);
});

it("L-2: a job of 2³² − 1 batches breaks no page, whoever posts it and works on it", async () => {
  const { worker, requester, read, network } = market;
  await network.networkHelpers.setBalance(requester.address, 2n ** 100n);
  const huge = { ...terms, taskCount: 2 ** 32 - 1, batchSize: 1, rewardPerTask: 1n, salt: 10n };
  const job = hashTerms(huge);
  await requester.write.post([huge, spec], { value: 2n ** 32n - 1n });
  await worker.write.deposit({ value: ETHER });
  const last = 2 ** 32 - 2;
  await worker.write.claim([huge, last]);
  const page = await read.batches([job, last - 2, 100]);
  expect(page.map((batch) => batch.worker)).toEqual([zeroAddress, zeroAddress, worker.address]);
  expect(await read.batches([job, 2 ** 32 - 1, 100])).toEqual([]);
  expect(await read.pendingQuestions([job, last, 100n])).toEqual([]);
});
