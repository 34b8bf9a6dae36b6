import { getAddress, type Hex } from "viem";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { localJuryParameters } from "../../../../../test/fixtures/chain.ts";
import {
  addressOf,
  rightLeaf,
  saltOf,
  startDisputes,
  type TestDisputes,
} from "../../../../../test/fixtures/disputes.ts";
import { workBatch } from "../../../../../test/fixtures/market.ts";
import {
  type ChallengeReturnType,
  createJuryClient,
  type JuryClient,
  Ruling,
  verdictCommitment,
} from "../../../index.ts";

const { ticketWei, epochSeconds } = localJuryParameters;

let disputes: TestDisputes;
let fresh: Hex;
beforeAll(async () => {
  disputes = await startDisputes();
  fresh = await disputes.market.chain.snapshot();
});
afterAll(() => disputes[Symbol.asyncDispose]());
beforeEach(async () => {
  await disputes.market.chain.revert(fresh);
  fresh = await disputes.market.chain.snapshot();
});

/** A right result, which account 3 challenges. */
async function challenged(options: { arbiter?: Hex } = {}): Promise<ChallengeReturnType> {
  const [worker, challenger] = disputes.market.workers;
  const job = await disputes.post(options);
  await workBatch(worker, job, 0);
  return disputes.challenge(challenger, job, 0, { answer: rightLeaf(3) });
}

const commitmentOf = (
  juror: JuryClient,
  vote: { verdict: Ruling; salt: Hex; id: Hex; panel: number },
) =>
  verdictCommitment({
    ...{ ...vote, juror: addressOf(juror), jury: juror.jury },
    chainId: disputes.market.chain.chain.id,
  });

test("a juror stakes, is drawn, and leaves", async () => {
  const { market, jury } = disputes;
  const juror = createJuryClient(market.client(8), jury);
  const parameters = await juror.getParameters();
  expect(parameters).toMatchObject({
    ticketWei,
    epochSeconds,
    marketplace: getAddress(market.chain.marketplace),
  });
  const { unbondingSeconds } = parameters;
  await expect(juror.deposit({ amount: ticketWei - 1n })).rejects.toMatchObject({
    code: "JuryArbiter_BelowTicket",
  });
  const { number } = await juror.deposit({ amount: 2n * ticketWei });
  expect(await juror.getJuror()).toMatchObject({ number, stake: 2n * ticketWei, tickets: 2n });
  const { withdrawableAt } = await juror.unbond({ amount: 2n * ticketWei });
  expect(withdrawableAt).toBe((await market.chain.now()) + unbondingSeconds);
  await expect(juror.withdrawStake()).rejects.toMatchObject({ retryable: true });
  await market.chain.increaseTime(unbondingSeconds);
  expect((await juror.withdrawStake()).amount).toBe(2n * ticketWei);
  await expect(juror.withdraw()).rejects.toMatchObject({ code: "JuryArbiter_NoCredit" });
});

test("tickets count, but those of the parties; a jury that would lack some says that it cannot decide", async () => {
  const { market, jury, jurors } = disputes;
  const [juror] = jurors;
  if (juror === undefined) throw new Error("there are three");
  const [requester, worker] = market.workers.map(addressOf);
  if (requester === undefined) throw new Error("there are two");
  expect(await juror.getEligibleTickets()).toBe(3n);
  const party = addressOf(juror);
  expect(await juror.getEligibleTickets({ challenger: party })).toBe(2n);
  expect(await juror.getEligibleTickets({ requester: party, worker: party })).toBe(2n);
  const asked = { arbiter: jury, requester };
  expect(await market.requester.canDecide(asked)).toBe(true);
  expect(await market.requester.canDecide({ ...asked, worker })).toBe(true);
  expect(await market.requester.canDecide({ ...asked, worker: party })).toBe(false);
});

test("a juror has as many seats as its tickets were drawn, and commits and reveals once for all", async () => {
  const { market } = disputes;
  const other = await market.chain.deployJury();
  const [one, two] = [5, 6].map((index) => createJuryClient(market.client(index), other));
  if (one === undefined || two === undefined) throw new Error("there are two");
  await one.deposit({ amount: 2n * ticketWei });
  await two.deposit({ amount: ticketWei });
  await market.chain.increaseTime(epochSeconds);
  const { id, dispute } = await challenged({ arbiter: other });
  await market.chain.mine(3);
  expect((await one.draw({ dispute })).jurors.toSorted()).toHaveLength(3);
  const { jurors } = await one.getPanel({ id, panel: 0 });
  expect(jurors.toSorted()).toEqual([one, one, two].map(addressOf).toSorted());

  const vote = { verdict: Ruling.workerRight, salt: saltOf(0), id, panel: 0 };
  await one.commit({ id, panel: 0, commitment: commitmentOf(one, vote) });
  await expect(
    one.commit({ id, panel: 0, commitment: commitmentOf(one, vote) }),
  ).rejects.toMatchObject({ code: "JuryArbiter_AlreadyCommitted" });
  expect((await one.getPanel({ id, panel: 0 })).committed.filter(Boolean)).toHaveLength(2);
  await two.commit({ id, panel: 0, commitment: commitmentOf(two, vote) });
  await one.reveal(vote);
  await two.reveal(vote);
  expect((await one.getPanel({ id, panel: 0 })).verdicts).toEqual(Array(3).fill(vote.verdict));
  expect(await one.getStanding({ id })).toMatchObject({ stage: "appealable", decided: true });
});

test("a panel that nobody draws is asked for again, and an appeal of its ruling asks a larger one", async () => {
  const { market, jury, jurors } = disputes;
  const challenger = createJuryClient(market.workers[1], jury);
  const { id, dispute } = await challenged();
  const [juror] = jurors;
  if (juror === undefined) throw new Error("there are three");
  await expect(juror.draw({ dispute })).rejects.toMatchObject({
    ...{ code: "Randomness_NotReady", retryable: true },
  });
  await expect(juror.advance({ id })).rejects.toMatchObject({ retryable: true });
  await market.chain.increaseTime(epochSeconds);
  expect(await juror.getStanding({ id })).toMatchObject({ stage: "stalled", requests: 1 });
  await juror.advance({ id });
  await market.chain.mine(3);
  const expected = await juror.simulateDraw({ dispute });
  expect((await juror.draw({ dispute })).jurors).toEqual(expected);
  expect((await juror.getPanel({ id, panel: 0 })).jurors.toSorted()).toEqual(
    jurors.map(addressOf).toSorted(),
  );
  const votes = jurors.map((one, i) => ({
    ...{ one, vote: { verdict: Ruling.workerRight, salt: saltOf(i), id, panel: 0 } },
  }));
  for (const { one, vote } of votes) {
    await one.commit({ id, panel: 0, commitment: commitmentOf(one, vote) });
  }
  for (const { one, vote } of votes) await one.reveal(vote);
  await expect(challenger.appeal({ id, expected: Ruling.workerWrong })).rejects.toMatchObject({
    ...{ code: "JuryArbiter_WrongRuling", args: { ruling: 1, expected: 2 } },
  });
  await challenger.appeal({ id, expected: Ruling.workerRight });
  expect(await juror.getStanding({ id })).toMatchObject({
    ...{ stage: "drawing", panel: 2, appellant: addressOf(challenger) },
  });
});

test("a draw by RANDAO is proved by a block's header", async () => {
  const { market } = disputes;
  const other = await market.chain.deployJury("RandaoRandomness");
  const pool = [5, 6, 7].map((index) => createJuryClient(market.client(index), other));
  for (const juror of pool) await juror.deposit({ amount: ticketWei });
  await market.chain.increaseTime(epochSeconds);
  const { id, dispute } = await challenged({ arbiter: other });
  const [juror] = pool;
  if (juror === undefined) throw new Error("there are three");
  const { randomness } = await juror.getStanding({ id });
  await expect(juror.getDrawProof({ randomness })).rejects.toMatchObject({
    code: "Randomness_NotReady",
  });
  await market.chain.mine(3);
  await expect(juror.draw({ dispute })).rejects.toMatchObject({ code: "Randomness_WrongProof" });
  const proof = await juror.getDrawProof({ randomness });
  expect((await juror.draw({ dispute, proof })).jurors).toHaveLength(3);
});
