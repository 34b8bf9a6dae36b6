import { type Hex, zeroAddress, zeroHash } from "viem";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  addressOf,
  BOND,
  DEMAND_BOND,
  demandOf,
  FEE,
  lie,
  RESPONSE_SECONDS,
  rightLeaf,
  sharesOfSlash,
  startDisputes,
  type TestDisputes,
} from "../../../../../test/fixtures/disputes.ts";
import { workBatch } from "../../../../../test/fixtures/market.ts";
import {
  Ground,
  type JobHandle,
  questionCommitment,
  Ruling,
  WrongValueError,
} from "../../../index.ts";

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

/** How long a transaction may take to be simulated and signed on a busy machine. */
const SENDING = { timeout: 240_000, interval: 10 };
const DEAD = "0x000000000000000000000000000000000000dEaD";

/** A job whose first batch account 2 has submitted. */
async function submitted(tamper?: Parameters<typeof workBatch>[3]): Promise<JobHandle> {
  const job = await disputes.post();
  await workBatch(disputes.market.workers[0], job, 0, tamper);
  return job;
}

test("the n-th challenge of a round costs n² times the first, the n-th demand n times", async () => {
  const { requester, workers } = disputes.market;
  const job = await submitted();
  const { jobId, terms } = job;
  const first = { challengeBond: BOND, demandBond: DEMAND_BOND, arbiterFee: FEE };
  expect(await requester.getQuestionCosts({ terms, batch: 0 })).toEqual({
    ...{ ...first, nextChallenge: BOND + FEE, nextDemand: DEMAND_BOND },
  });
  const answer = rightLeaf(3);
  const one = await disputes.challenge(requester, job, 0, { answer });
  const two = await disputes.demand(requester, job, 1);
  expect(await requester.getQuestionCosts({ terms, batch: 0 })).toEqual({
    ...{ ...first, nextChallenge: 4n * (BOND + FEE), nextDemand: 2n * DEMAND_BOND },
  });
  const three = await disputes.challenge(workers[1], job, 1, { answer });
  const four = await disputes.demand(workers[1], job, 1);
  expect([one.dispute, three.dispute]).toMatchObject([
    { round: 0, number: 1, bond: BOND, fee: FEE },
    { round: 0, number: 2, bond: 4n * BOND + 3n * FEE, fee: FEE },
  ]);
  expect([two, four]).toMatchObject([
    { round: 0, number: 1, bond: DEMAND_BOND },
    { round: 0, number: 2, bond: 2n * DEMAND_BOND },
  ]);

  const pending = await requester.getPendingQuestions({ jobId, batch: 0 });
  const challenge = { demand: false, status: "pending", ground: Ground.wrongResult };
  const demand = { demand: true, status: "pending", ground: Ground.none, dispute: zeroHash };
  const [asker, other] = [addressOf(requester), addressOf(workers[1])];
  expect(pending).toEqual([
    { ...challenge, number: 1, asker, position: 0, dispute: one.id, askedAt: expect.any(Number) },
    {
      ...{ ...challenge, number: 2, asker: other, position: 1, dispute: three.id },
      askedAt: three.dispute.openedAt,
    },
    {
      ...{ ...demand, number: 1, asker, position: 1 },
      askedAt: two.deadline - RESPONSE_SECONDS,
    },
    {
      ...{ ...demand, number: 2, asker: other, position: 1 },
      askedAt: four.deadline - RESPONSE_SECONDS,
    },
  ]);
  expect(await requester.getPendingQuestions({ jobId, batch: 0, most: 3 })).toEqual(
    pending.slice(0, 3),
  );
  const at = { jobId, batch: 0, round: 0, number: 2 };
  expect(await requester.getQuestion({ ...at, demand: true })).toEqual(pending[3]);
  expect(await requester.getQuestion({ ...at, demand: false })).toEqual(pending[1]);
  expect(await requester.getQuestion({ ...at, number: 3, demand: true })).toMatchObject({
    ...{ status: "none", asker: zeroAddress },
  });
  expect(await requester.getBatches({ jobId, count: 1 })).toMatchObject([
    { status: "questioned", inquiry: { pending: 4, challenges: 2, demands: 2 } },
  ]);
});

describe("a preparation", () => {
  test("pays for the question; what is too much is credit again", async () => {
    const { requester, chain } = disputes.market;
    const job = await submitted();
    const { terms } = job;
    const question = await disputes.questionOf(job, 1, demandOf);
    const commitment = questionCommitment({ asker: addressOf(requester), question });
    await disputes.prepare(requester, question, BOND + 1n);
    expect(await requester.getPreparation({ commitment })).toEqual({
      ...{ amount: BOND + 1n, preparedAt: (await chain.now()) - 1 },
    });
    await expect(requester.prepareQuestion({ commitment, amount: 1n })).rejects.toMatchObject({
      code: "Marketplace_AlreadyPrepared",
    });
    await requester.demand({ terms, question, prepared: BOND + 1n });
    expect(await requester.getCredit()).toBe(BOND + 1n - DEMAND_BOND);
    expect(await requester.getPreparation({ commitment })).toEqual({ amount: 0n, preparedAt: 0 });
  });

  test("is needed, of one's own, with a first bond, and in time", async () => {
    const { requester, workers, chain } = disputes.market;
    const job = await submitted();
    const { terms } = job;
    const question = await disputes.questionOf(job, 1, { answer: rightLeaf(3) });
    const ask = async () =>
      requester.challenge({
        ...{ terms, question, ...(await disputes.leafOf(job, 1)), prepared: BOND },
      });
    const notPrepared = { code: "Marketplace_NotPrepared", retryable: true };
    await expect(ask()).rejects.toMatchObject({ ...notPrepared, args: { preparedAt: 0n } });
    await disputes.prepare(workers[1], question);
    await expect(ask()).rejects.toMatchObject({ ...notPrepared, args: { preparedAt: 0n } });
    await disputes.prepare(requester, question, BOND - 1n);
    await expect(ask()).rejects.toMatchObject({ ...notPrepared, args: { amount: BOND - 1n } });
    await expect(
      requester.prepareQuestion({ commitment: zeroHash, amount: 0n }),
    ).rejects.toMatchObject({ code: "Marketplace_ZeroAmount" });

    const late = await disputes.questionOf(job, 0, demandOf);
    await disputes.prepare(requester, late);
    // The window of the batch would be over, too, if a question did not stop it.
    await disputes.demand(workers[1], job, 1);
    await chain.increaseTime(RESPONSE_SECONDS);
    await expect(requester.demand({ terms, question: late, prepared: BOND })).rejects.toMatchObject(
      notPrepared,
    );
  });

  test("comes back when somebody else was first, and only then", async () => {
    const { requester, workers } = disputes.market;
    const [, other] = workers;
    const job = await submitted(lie);
    const question = await disputes.questionOf(job, 1);
    await disputes.prepare(requester, question);
    const reclaim = (number: number) =>
      requester.reclaimPreparation({ question, round: 0, number });
    await expect(reclaim(1)).rejects.toMatchObject({ code: "Marketplace_NotAsked" });
    await disputes.challenge(other, job, 0, { answer: rightLeaf(3) });
    await expect(reclaim(1)).rejects.toMatchObject({ code: "Marketplace_NotAsked" });
    await disputes.challenge(other, job, 1);
    expect((await reclaim(2)).amount).toBe(BOND);
    expect(await requester.getCredit()).toBe(BOND);
    await expect(reclaim(2)).rejects.toMatchObject({ code: "Marketplace_NotPrepared" });
  });
});

describe("a question that costs more by the time it is mined", () => {
  test("is refused, can be tried again, and keeps its preparation", async () => {
    const { requester, workers, chain } = disputes.market;
    const [, other] = workers;
    const job = await submitted();
    const { terms } = job;
    const [question, rival] = [
      await disputes.questionOf(job, 1, { answer: rightLeaf(3) }),
      await disputes.questionOf(job, 0, { answer: rightLeaf(3) }),
    ];
    await disputes.prepare(requester, question);
    await disputes.prepare(other, rival);
    const [mine, theirs] = [await disputes.leafOf(job, 1), await disputes.leafOf(job, 0)];
    const ask = () => requester.challenge({ terms, question, ...mine, prepared: BOND });

    // The rival's is on its way, and the node estimates by what is on its way: what is read of the chain is older than that.
    await chain.setAutomine(false);
    const first = other.challenge({ terms, question: rival, ...theirs, prepared: BOND });
    await vi.waitUntil(() => other.transactions.all().length > 0, SENDING);
    const error = await ask().catch((reason: unknown) => reason);
    await chain.mine(1);
    await chain.setAutomine(true);

    expect((await first).dispute.number).toBe(1);
    expect(error).toBeInstanceOf(WrongValueError);
    expect(error).toMatchObject({
      ...{ retryable: true, args: { value: BOND + FEE, needed: 4n * (BOND + FEE) } },
    });
    expect(await ask()).toMatchObject({ dispute: { number: 2, bond: 4n * BOND + 3n * FEE } });
  });
});

describe("the first question that goes against the worker", () => {
  test("ends the round; what else was asked is judged by itself, and a new worker starts without it", async () => {
    const { market, demand, challenge } = disputes;
    const { requester, workers, chain } = market;
    const [liar, other] = workers;
    const third = market.client(4);
    const job = await submitted(lie);
    const { jobId, terms } = job;
    const { round, number, bond } = await demand(requester, job, 0);
    const opened = await challenge(other, job, 1);
    const right = await challenge(requester, job, 1);
    const wrong = await challenge(third, job, 0, { answer: rightLeaf(3) });
    const { workerRight, workerWrong } = Ruling;
    await disputes.vote(right, [workerWrong, workerWrong, workerWrong]);
    await disputes.vote(wrong, [workerRight, workerRight, workerRight]);
    await disputes.rule(opened, [workerWrong, workerWrong, workerWrong]);
    const { slash } = await other.resolve({ terms, dispute: opened.dispute });
    expect(slash).toEqual(sharesOfSlash(FEE, { reserved: 2n * FEE }));
    expect(await requester.getBatches({ jobId, count: 1 })).toMatchObject([
      { status: "open", inquiry: { round: 1, pending: 0, challenges: 0, demands: 0, fees: 0n } },
    ]);

    // A demand of the round is void.
    const credit = await requester.getCredit();
    expect((await other.forfeit({ terms, batch: 0, round, number })).slash).toBeUndefined();
    expect((await requester.getCredit()) - credit).toBe(bond);

    // Whoever else was right gets back what it paid.
    expect(await other.resolve({ terms, dispute: right.dispute })).toMatchObject({
      ...{ ruling: workerWrong, slash: undefined },
      feeReturned: { account: addressOf(requester), amount: FEE },
    });
    const paid = right.dispute.bond + right.dispute.fee;
    expect(paid).toBe(4n * (BOND + FEE));
    expect((await requester.getCredit()) - credit).toBe(bond + paid);

    // Whoever was wrong pays as ever; the fee that was set aside is the requester's.
    expect(await other.resolve({ terms, dispute: wrong.dispute })).toMatchObject({
      ...{ ruling: workerRight, slash: undefined },
      feeReturned: { account: addressOf(requester), amount: FEE },
    });
    expect((await requester.getCredit()) - credit).toBe(bond + paid + FEE);
    expect(await third.getCredit()).toBe(0n);
    expect(await liar.getCredit()).toBe(wrong.dispute.bond / 2n);
    await expect(other.resolve({ terms, dispute: wrong.dispute })).rejects.toMatchObject({
      code: "Marketplace_NotAsked",
    });

    const toBlock = await requester.public.getBlockNumber({ cacheTime: 0 });
    const events = await requester.getMarketEvents({ fromBlock: 0n, toBlock, jobId });
    const ofType = (type: string) => events.filter((event) => event.type === type);
    expect(ofType("demandVoided")).toMatchObject([{ batch: 0, asker: addressOf(requester), bond }]);
    expect(ofType("feeReturned")).toMatchObject([
      { batch: 0, account: addressOf(requester), amount: FEE },
      { batch: 0, account: addressOf(requester), amount: FEE },
    ]);
    expect(ofType("workerSlashed")).toMatchObject([sharesOfSlash(FEE, { reserved: 2n * FEE })]);
    await workBatch(other, job, 0);
    await chain.increaseTime(terms.challengeWindowSeconds);
    expect((await other.settle({ terms, batches: [0] })).paid).toBe(2000n);
  });
});

describe("a demand", () => {
  test("is answered by the leaf, for half of its bond", async () => {
    const { requester, workers, chain } = disputes.market;
    const [worker] = workers;
    const job = await submitted();
    const { jobId, terms } = job;
    const { number, bond, deadline } = await disputes.demand(requester, job, 1);
    expect(bond).toBe(DEMAND_BOND);
    expect(deadline).toBe((await chain.now()) + RESPONSE_SECONDS);
    const shown = { terms, batch: 0, ...(await disputes.leafOf(job, 1)) };
    await expect(worker.reveal({ ...shown, number: 2 })).rejects.toMatchObject({
      code: "Marketplace_NotAsked",
    });
    await expect(
      worker.reveal({ ...shown, ...(await disputes.leafOf(job, 0)), number }),
    ).rejects.toMatchObject({ code: "Marketplace_WrongLeaf" });
    await worker.reveal({ ...shown, number });
    expect(await worker.getCredit()).toBe(DEMAND_BOND / 2n);
    // What was prepared beyond the bond is back.
    expect(await requester.getCredit()).toBe(BOND - DEMAND_BOND);
    expect(await requester.getCredit({ account: DEAD })).toBe(DEMAND_BOND / 2n);
    expect(await requester.getBatches({ jobId, count: 1 })).toMatchObject([
      { status: "submitted", inquiry: { pending: 0, demands: 1 } },
    ]);
  });

  test("that is not answered costs the stake", async () => {
    const { requester, workers, chain } = disputes.market;
    const job = await submitted();
    const { terms } = job;
    const { round, number } = await disputes.demand(requester, job, 1);
    const forfeit = () => workers[1].forfeit({ terms, batch: 0, round, number });
    await expect(forfeit()).rejects.toMatchObject({
      ...{ code: "Marketplace_NotOverdue", retryable: true },
    });
    await chain.increaseTime(RESPONSE_SECONDS + 1);
    const shares = sharesOfSlash(0n, { mostShare: 2n * DEMAND_BOND });
    expect((await forfeit()).slash).toEqual(shares);
    // The requester asked, and is compensated.
    expect(await requester.getCredit()).toBe(BOND + shares.reward + shares.compensation);
    expect((await job.status()).batches).toMatchObject({ open: 2 });
  });

  test("has no ground and no answer, and is about the job of its terms", async () => {
    const { requester } = disputes.market;
    const job = await submitted();
    const { terms } = job;
    const withAnswer = await disputes.questionOf(job, 1, { ground: Ground.none });
    await disputes.prepare(requester, withAnswer);
    await expect(
      requester.demand({ terms, question: withAnswer, prepared: BOND }),
    ).rejects.toMatchObject({ code: "Marketplace_WrongGround" });
    const ofOther = await disputes.questionOf(job, 1, { ...demandOf, job: zeroHash });
    await expect(
      requester.demand({ terms, question: ofOther, prepared: BOND }),
    ).rejects.toMatchObject({ code: "Marketplace_WrongJob", args: { given: zeroHash } });
  });
});

test("what happens to questions is told as events, of accounts too", async () => {
  const { requester, workers } = disputes.market;
  const [, other] = workers;
  const job = await submitted();
  const fromBlock = (await requester.public.getBlockNumber({ cacheTime: 0 })) + 1n;
  const mine = await disputes.questionOf(job, 1, demandOf);
  await disputes.prepare(requester, mine);
  const { round, number, bond, deadline } = await disputes.demand(other, job, 1);
  await requester.reclaimPreparation({ question: mine, round, number });
  const toBlock = await requester.public.getBlockNumber({ cacheTime: 0 });
  const events = await requester.getMarketEvents({ fromBlock, toBlock });
  const asker = addressOf(requester);
  const commitment = questionCommitment({ asker, question: mine });
  expect(events).toMatchObject([
    { type: "questionPrepared", asker, commitment, amount: BOND },
    { type: "questionPrepared", asker: addressOf(other), amount: BOND },
    {
      ...{ type: "leafDemanded", jobId: job.jobId, batch: 0, worker: addressOf(workers[0]) },
      ...{ round, number, position: 1, asker: addressOf(other), bond, deadline },
    },
    { type: "preparationReclaimed", asker, commitment, amount: BOND },
  ]);
});
