import { keccak256, stringToHex, zeroAddress } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { SUBMITTED_AT, startCourt } from "./dispute.ts";
import {
  cid,
  DAY,
  ETHER,
  expectRevert,
  GENESIS,
  hashTerms,
  type Market,
  spec,
  startMarket,
  termsOf,
} from "./market.ts";
import { setScore } from "./storage.ts";

let market: Market;
beforeEach(async () => {
  market = await startMarket();
  await market.worker.write.deposit({ value: 100n * ETHER });
});

const scoreOf = async (owner: `0x${string}`) => (await market.read.account([owner])).score;

/** A job of single-task batches that the worker claims whole. */
async function claimed(count: number, salt: bigint, started: number) {
  const { requester, worker } = market;
  const terms = termsOf(requester.address, {
    taskCount: count,
    batchSize: 1,
    claimUntil: started + DAY,
    salt,
  });
  const batches = Array.from({ length: count }, (_, batch) => batch);
  await market.at(started);
  await requester.write.post([terms, spec], { value: terms.rewardPerTask * BigInt(count) });
  for (const batch of batches) await worker.write.claim([terms, batch]);
  return { terms, batches, job: hashTerms(terms) };
}

async function settle(count: number, salt: bigint, started: number): Promise<void> {
  const { terms, batches, job } = await claimed(count, salt, started);
  const root = keccak256(stringToHex("root"));
  for (const batch of batches) {
    await market.worker.write.submit([job, batch, root, cid("results", "dag-cbor")]);
  }
  await market.at(started + DAY / 2);
  await market.stranger.write.settle([terms, batches]);
}

const rise = (score: number) => score + Math.ceil((10_000 - score) / 100);

describe("the score", () => {
  it("rises by a hundredth of what is missing with every settled batch", async () => {
    const { worker } = market;
    expect(await scoreOf(worker.address)).toBe(0);
    await settle(1, 1n, GENESIS + DAY);
    expect(await scoreOf(worker.address)).toBe(100);
    await settle(1, 2n, GENESIS + 2 * DAY);
    expect(await scoreOf(worker.address)).toBe(199);
    await settle(20, 3n, GENESIS + 3 * DAY);
    let expected = 199;
    for (let i = 0; i < 20; i++) expected = rise(expected);
    expect(await scoreOf(worker.address)).toBe(expected);
  });

  it("ends at 10000", async () => {
    const { worker } = market;
    await setScore(market, worker.address, 9999);
    expect(await scoreOf(worker.address)).toBe(9999);
    await settle(2, 1n, GENESIS + DAY);
    expect(await scoreOf(worker.address)).toBe(10_000);
  });

  it("loses a tenth by an expired claim", async () => {
    const { worker, stranger } = market;
    await settle(11, 1n, GENESIS + DAY);
    const before = await scoreOf(worker.address);
    const { terms } = await claimed(1, 2n, GENESIS + 2 * DAY);
    await market.at(GENESIS + 3 * DAY);
    await stranger.write.expire([terms, 0]);
    expect(await scoreOf(worker.address)).toBe(before - Math.ceil(before / 10));
  });

  // Of 1054: a tenth is 105.4, of which a 3600th is due for every second.
  it.each([
    [1, 1],
    [34, 1],
    [35, 2],
    [1800, 53],
    [3599, 106],
    [3600, 106],
  ])(
    "loses by a release what of that tenth the batch was held for: after %i s %i",
    async (held, loss) => {
      const { worker, read } = market;
      await settle(11, 1n, GENESIS + DAY);
      expect(await scoreOf(worker.address)).toBe(1054);
      const { terms, job } = await claimed(1, 2n, GENESIS + 2 * DAY);
      const [batch] = await read.batches([job, 0, 1]);
      const claimedAt = (batch?.timestamp ?? 0) - terms.submitWindowSeconds;
      await market.at(claimedAt + held);
      await worker.write.release([terms, 0]);
      expect(await scoreOf(worker.address)).toBe(1054 - loss);
    },
  );

  it("of nothing loses nothing", async () => {
    const { worker } = market;
    const { terms } = await claimed(1, 2n, GENESIS + DAY);
    await worker.write.release([terms, 0]);
    expect(await scoreOf(worker.address)).toBe(0);
  });

  it("keeps a quarter after a slash", async () => {
    const court = await startCourt();
    market = court;
    await setScore(court, court.worker.address, 8003);
    await court.demand();
    await court.at(SUBMITTED_AT + DAY);
    await court.stranger.write.forfeit([court.terms, 0, 0, 1]);
    expect(await scoreOf(court.worker.address)).toBe(2000);
  });
});

describe("minScore", () => {
  it("keeps out who has less, whatever its stake, and lets in who has it", async () => {
    const { requester, worker, rival, read } = market;
    await rival.write.deposit({ value: 1000n * ETHER });
    await settle(2, 1n, GENESIS + DAY);
    const terms = termsOf(requester.address, { minScore: 199 });
    await requester.write.post([terms, spec], { value: terms.rewardPerTask * 10n });

    await expectRevert(rival.write.claim([terms, 0]), "Marketplace_ScoreTooLow", [
      rival.address,
      0,
      199,
    ]);
    await worker.write.claim([terms, 0]);
    const pickier = { ...terms, minScore: 200 };
    await requester.write.post([pickier, spec], { value: terms.rewardPerTask * 10n });
    await expectRevert(worker.write.claim([pickier, 0]), "Marketplace_ScoreTooLow", [
      worker.address,
      199,
      200,
    ]);
    expect(await read.credit([rival.address, zeroAddress])).toBe(0n);
  });
});
