/** M-6 and its kin: what it costs to keep a batch from being settled, and whom that keeps out. */
import { pad, zeroAddress } from "viem";
import { beforeEach, expect, it } from "vitest";
import { answerTo, type Court, type DisputeTuple, FEE, idOf } from "../dispute.ts";
import {
  type Actor,
  DAY,
  ETHER,
  expectRevert,
  Ground,
  parameters,
  Ruling,
  startMarket,
  termsOf,
} from "../market.ts";
import { batchSlot, overwrite, packed } from "../storage.ts";
import { STAKE, startArena, strangers, weighed } from "./arena.ts";

const SLASH = STAKE / 2n;

let court: Court;
beforeEach(async () => {
  court = await startArena();
});

const now = async () => Number((await court.client.getBlock()).timestamp);

/** Worker and challenger are one coalition, of as many accounts as it likes. What `n` freezes, one after the other, cost it. */
async function freeze(kind: "challenge" | "demand", n: number): Promise<bigint> {
  const snapshot = await court.network.networkHelpers.takeSnapshot();
  const { worker, terms, arbiter, results } = court;
  const friends = await strangers(court, 5);
  const outcome = await weighed(court, { coalition: [worker, ...friends] });
  for (let i = 0; i < n; i++) {
    const by = friends[i % 5] ?? worker;
    if (kind === "demand") {
      const number = await court.demand({ by, position: i });
      const { leaf, proof } = results.open(i);
      await court.at((await now()) + parameters.responseWindowSeconds);
      await worker.write.reveal([terms, 0, number, leaf, proof]);
    } else {
      // The ground that never stands: an available result can be doubted again and again.
      const dispute = await court.challenge({ by, position: i, ground: Ground.unavailable });
      await arbiter.rule(idOf(dispute), Ruling.workerRight);
      await court.at((await now()) + 4 * DAY);
      await worker.write.resolve([terms, dispute]);
    }
  }
  const { won, withoutGas } = await outcome(`M-6: ${n} freezes by ${kind}`);
  await snapshot.restore();
  expect(won.coalition).toBeLessThan(withoutGas.coalition);
  return -withoutGas.coalition;
}

it("M-6: ten freezes of a batch cost at least fifty times what one costs, by challenges", async () => {
  const [one, ten] = [await freeze("challenge", 1), await freeze("challenge", 10)];
  expect(ten / one).toBeGreaterThanOrEqual(50n);
});

it("M-6: ten freezes of a batch cost at least fifty times what one costs, by demands", async () => {
  const [one, ten] = [await freeze("demand", 1), await freeze("demand", 10)];
  expect(ten / one).toBeGreaterThanOrEqual(50n);
});

it("M-6: a leaf that was found right stands, in later rounds too", async () => {
  const { worker, rival, terms, job, arbiter } = court;
  const first = await court.challenge();
  await arbiter.rule(idOf(first), Ruling.workerRight);
  await worker.write.resolve([terms, first]);
  const again = court.question({ answer: answerTo(7) });
  await court.prepare(rival, again);
  const { leaf, proof } = court.results.open(1);
  await expectRevert(
    rival.write.challenge([terms, again, leaf, proof], { value: ETHER }),
    "Marketplace_LeafStands",
    [job, 1, first.resultLeaf],
  );
});

it("M-6: an honest challenger behind three lost ones brings sixteen bonds, and has them back", async () => {
  const { worker, rival, terms, arbiter } = court;
  const friends = await strangers(court, 3);
  const outcome = await weighed(court, { coalition: [worker, ...friends], challenger: [rival] });
  for (const [i, by] of friends.entries()) {
    const lost = await court.challenge({ by, position: 10 + i });
    await arbiter.rule(idOf(lost), Ruling.workerRight);
    await worker.write.resolve([terms, lost]);
  }
  const honest = await court.challenge({ by: rival });
  expect(honest.bond + honest.fee).toBe(16n * (court.bond + FEE));
  await arbiter.rule(idOf(honest), Ruling.workerWrong);
  await rival.write.resolve([terms, honest]);
  const { won } = await outcome("M-6: three lost challenges before the honest one");
  expect(won.coalition).toBeLessThan(-(SLASH + 7n * (court.bond + FEE)));
  expect(won.challenger).toBeGreaterThan(0n);
});

it("undecided: a requester that cannot be judged gets nothing back, with challengers of its own", async () => {
  const { requester, worker, stranger, terms } = court;
  const friends = await strangers(court, 2);
  const outcome = await weighed(court, { coalition: [requester, ...friends], worker: [worker] });
  const disputes: DisputeTuple[] = [];
  for (const [i, by] of friends.entries())
    disputes.push(await court.challenge({ by, position: i }));
  await court.at((await now()) + parameters.disputeTimeoutSeconds + 1);
  for (const each of disputes) await stranger.write.resolve([terms, each]);
  await court.at((await now()) + DAY);
  await stranger.write.settle([terms, [0]]);
  const { won } = await outcome("J-3: undecided twice");
  const lost = disputes.reduce((sum, { bond, fee }) => sum + fee + bond - bond / 2n, 0n);
  expect(won.coalition).toBeLessThan(-lost);
  const reward = 64n * terms.rewardPerTask;
  expect(won.worker).toBe(reward);
});

it("parallel disputes: what each of many costs is there and back when one convicts, to the wei", async () => {
  const { worker, rival, requester, arbiter, terms } = court;
  const honest: Actor[] = [rival, ...(await strangers(court, 4))];
  const outcome = await weighed(court, { worker: [worker], challengers: honest });
  const disputes: DisputeTuple[] = [];
  for (const [position, by] of honest.entries())
    disputes.push(await court.challenge({ by, position }));
  const third = disputes[2];
  if (third === undefined) throw new Error("no dispute");
  for (const each of disputes) await arbiter.rule(idOf(each), Ruling.workerWrong);
  for (const each of [third, ...disputes.filter((other) => other !== third)]) {
    await requester.write.resolve([terms, each]);
  }
  const { won } = await outcome("five disputes at once");
  expect(won.worker).toBe(-SLASH);
  // Nobody who was right has lost anything but gas, and one has a share of what is left after all fees.
  expect(won.challengers).toBeGreaterThan((SLASH * 4n) / 5n / 4n - 2n * 4n * FEE);
  const { stake } = await court.read.account([worker.address]);
  const credits = await Promise.all(
    [...honest.map(({ address }) => address), requester.address].map((owner) =>
      court.creditOf(owner),
    ),
  );
  const burn = await court.creditOf("0x000000000000000000000000000000000000dEaD");
  const open = 64n * terms.rewardPerTask;
  expect(await court.balance()).toBe(stake + burn + open + credits.reduce((a, b) => a + b));
});

it("hostile arbiter: a fee that is raised between preparing and asking takes no more than was sent", async () => {
  const { rival, arbiter, terms, bond } = court;
  const outcome = await weighed(court, { challenger: [rival] });
  await court.prepare(rival, court.question());
  await arbiter.charge(1000n * ETHER);
  const { leaf, proof } = court.results.open(1);
  const ask = () => rival.write.challenge([terms, court.question(), leaf, proof], { value: FEE });
  await expectRevert(ask(), "Marketplace_WrongValue", [bond + FEE, bond + 1000n * ETHER]);
  // A fee beyond what 80 bits hold is refused like any other.
  await arbiter.charge(2n ** 80n);
  await expect(ask()).rejects.toThrow();
  await arbiter.charge(FEE);
  await ask();
  const { won } = await outcome("a fee that is raised and lowered");
  expect(won.challenger).toBeGreaterThan(-(bond + FEE + ETHER / 1000n));
});

it("overflow: the price of the last challenge that fits a counter is refused, not wrapped", async () => {
  const { rival, terms, job, bond } = court;
  const most = 2 ** 24 - 2;
  const inquiry = packed([0, 80], [0, 40], [0, 40], [0, 24], [most, 24], [0, 24], [0, 24]);
  await overwrite(court, batchSlot(job, 0) + 2n, inquiry);
  await court.prepare(rival, court.question());
  const { leaf, proof } = court.results.open(1);
  const n = 2n ** 24n - 1n;
  await expectRevert(
    rival.write.challenge([terms, court.question(), leaf, proof], { value: ETHER }),
    "Marketplace_WrongValue",
    [bond + ETHER, n * n * (bond + FEE)],
  );
});

it("dust: where a bond rounds to nothing a question still takes a wei, and the books balance", async () => {
  const dusty = await startMarket({ minStakePerBatch: 1n });
  const terms = termsOf(dusty.requester.address, { stakePerBatch: 1n });
  expect((terms.stakePerBatch * BigInt(parameters.challengeBondBps)) / 10_000n).toBe(0n);
  await expectRevert(
    dusty.rival.write.prepare([pad("0x1")], { value: 0n }),
    "Marketplace_ZeroAmount",
  );
  await dusty.rival.write.prepare([pad("0x1")], { value: 1n });
  expect(await dusty.balance()).toBe(1n);
  expect(await dusty.read.credit([dusty.rival.address, zeroAddress])).toBe(0n);
});
