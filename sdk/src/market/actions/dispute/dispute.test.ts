import { type Hex, zeroHash } from "viem";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { localJuryParameters } from "../../../../../test/fixtures/chain.ts";
import {
  addressOf,
  BOND,
  FEE,
  lie,
  rightLeaf,
  SLASH,
  STAKE,
  sharesOfSlash,
  startDisputes,
  type TestDisputes,
  WINDOW_SECONDS,
} from "../../../../../test/fixtures/disputes.ts";
import { workBatch } from "../../../../../test/fixtures/market.ts";
import {
  type AuditedJobTask,
  type AuditedTask,
  type Content,
  ContentNotFoundError,
  type Dispute,
  Ground,
  hashDispute,
  Outcome,
  type ResultError,
  Ruling,
  type TaskResult,
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

const { workerRight, workerWrong, undecided, bothWrong } = Ruling;
const DEAD = "0x000000000000000000000000000000000000dEaD";

async function collect(stream: AsyncIterable<TaskResult>): Promise<TaskResult[]> {
  const results: TaskResult[] = [];
  for await (const result of stream) results.push(result);
  return results.sort((a, b) => a.position - b.position);
}
const bytesOf = (results: TaskResult[]) =>
  results.map((result) => (result.outcome === "ok" ? [...result.bytes] : result.outcome));

/** A place for blocks in which one of them is not to be had. */
function without(content: Content, cid: string): Content {
  const reader: Content = {
    ...content,
    get: (asked, options) =>
      String(asked) === cid
        ? Promise.reject(new ContentNotFoundError(asked))
        : content.get(asked, options),
    session: () => reader,
  };
  return reader;
}

describe("a requester that audits its job", () => {
  test("is given what is wrong and what is withheld, and challenges it with the right leaf", async () => {
    const { market, execute } = disputes;
    const { workers, chain } = market;
    const [liar, honest] = workers;
    const job = await disputes.post();
    await workBatch(liar, job, 0, lie);
    let hidden = "";
    await workBatch(honest, job, 1, ([first]) => {
      if (first?.outcome === Outcome.ok) hidden = String(first.cid);
    });
    await chain.increaseTime(1);
    const content = without(market.content, hidden);
    const requester = await market.client(1, { content }).openJob({ jobId: job.jobId });
    const ran: number[] = [];
    const found: Partial<AuditedJobTask>[] = [];
    const opened: Partial<Dispute>[] = [];
    const behind: bigint[] = [];
    const audited = requester.audit({
      ...{ execute, rate: 1, onAudited: ({ position }) => ran.push(position) },
    });
    for await (const { challenge, batch, position, ground, agrees, worker } of audited) {
      found.push({ batch, position, ground, agrees, worker });
      const { dispute } = await challenge({
        onPrepared({ prepared }) {
          behind.push(prepared);
          // The chain goes on: in the second of its preparation a question cannot be asked.
          void chain.increaseTime(1);
        },
      });
      const { challenger, answer, bond, fee } = dispute;
      opened.push({ position: dispute.position, challenger, answer, bond, fee });
    }
    expect(ran.toSorted()).toEqual([0, 1, 2, 3]);
    expect(found.toSorted((a, b) => Number(a.batch) - Number(b.batch))).toEqual([
      ...[
        {
          batch: 0,
          position: 1,
          ground: Ground.wrongResult,
          agrees: false,
          worker: addressOf(liar),
        },
        {
          batch: 1,
          position: 2,
          ground: Ground.unavailable,
          agrees: true,
          worker: addressOf(honest),
        },
      ],
    ]);
    const challenger = addressOf(market.requester);
    expect(opened.toSorted((a, b) => Number(a.position) - Number(b.position))).toEqual([
      { position: 1, challenger, answer: rightLeaf(1), bond: BOND, fee: FEE },
      { position: 2, challenger, answer: zeroHash, bond: BOND, fee: FEE },
    ]);
    expect(behind).toEqual([BOND, BOND]);
  });

  test("hears of a batch whose manifest nobody gives, and goes on with the others", async () => {
    const { market, execute } = disputes;
    const [worker] = market.workers;
    const job = await disputes.post();
    await workBatch(worker, job, 0);
    await workBatch(worker, job, 1, lie);
    const { results } = await worker.getSubmission({ jobId: job.jobId, batch: 0 });
    const content = without(market.content, String(results));
    const requester = await market.client(1, { content }).openJob({ jobId: job.jobId });
    const failures: unknown[] = [];
    const wrong: number[] = [];
    const onFailure = ({ batch, code, position }: ResultError) =>
      failures.push({ batch, code, position });
    for await (const task of requester.audit({ execute, rate: 1, onFailure })) {
      wrong.push(task.position);
    }
    expect(failures).toEqual([{ batch: 0, code: "RESULT_UNAVAILABLE", position: undefined }]);
    expect(wrong).toEqual([3]);
  });
});

describe("a wrong result", () => {
  test("is found by an audit, challenged, ruled on and slashed; what is settled in the end is right", async () => {
    const { market, jury, jurors, execute } = disputes;
    const { requester, workers, chain } = market;
    const [liar, honest] = workers;
    const job = await disputes.post();
    const { jobId, terms } = job;
    await workBatch(liar, job, 0, lie);
    await workBatch(honest, job, 1);
    const settledResults = collect(job.results({ finality: "settled" }));

    const submission = await requester.getSubmission({ jobId, batch: 0 });
    const audited: AuditedTask[] = [];
    for await (const task of requester.audit({ job, batch: 0, submission, execute })) {
      audited.push(task);
    }
    expect(audited.map(({ position, agrees, ground }) => [position, agrees, ground])).toEqual([
      [0, true, undefined],
      [1, false, Ground.wrongResult],
    ]);
    const { proof } = await disputes.leafOf(job, 1);
    expect(audited[1]).toMatchObject({ proof });

    const opened = await disputes.challenge(honest, job, 1);
    const { id, dispute } = opened;
    expect(hashDispute(dispute)).toBe(id);
    expect(dispute).toMatchObject({
      ...{ job: jobId, batch: 0, round: 0, number: 1, position: 1, bond: BOND, fee: FEE },
      ...{ answer: rightLeaf(1), openedAt: await chain.now(), challenger: addressOf(honest) },
    });
    const [batch] = await requester.getBatches({ jobId, count: 1 });
    expect(batch).toMatchObject({
      status: "questioned",
      inquiry: {
        ...{ round: 0, pending: 1, challenges: 1, demands: 0, frozenAt: dispute.openedAt },
        ...{ frozenSeconds: 0, fees: FEE },
      },
    });
    await expect(honest.resolve({ terms, dispute })).rejects.toMatchObject({
      ...{ code: "Marketplace_NotRuled", retryable: true },
    });

    await disputes.rule(opened, [workerWrong, workerWrong, workerRight]);
    expect(await requester.getRuling({ arbiter: jury, id })).toBe(workerWrong);
    const { ruling, slash } = await requester.resolve({ terms, dispute });
    expect(ruling).toBe(workerWrong);
    const shares = sharesOfSlash(FEE);
    expect(slash).toEqual(shares);
    expect(await honest.getCredit()).toBe(BOND + shares.reward);
    expect(await requester.getCredit()).toBe(shares.compensation);
    expect(await requester.getCredit({ account: DEAD })).toBe(shares.burned);
    expect(await liar.getAccount()).toMatchObject({ slashedBatches: 1, locked: 0n });

    // The minority pays, and the majority shares it with the fee.
    const [first] = jurors;
    const settled = await first?.settle({ dispute });
    const lost = (localJuryParameters.ticketWei * 2000n) / 10_000n;
    expect(settled).toMatchObject({ coherent: 2, share: (FEE + lost) / 2n });
    expect(await first?.getCredit()).toBe((FEE + lost) / 2n);
    expect((await first?.withdraw())?.amount).toBe((FEE + lost) / 2n);
    expect(await first?.getStanding({ id })).toMatchObject({ stage: "settled", ruling });

    // What was submitted first was yielded as submitted, and is not what is settled.
    await workBatch(honest, job, 0);
    await chain.increaseTime(WINDOW_SECONDS);
    await honest.settle({ terms, batches: [0, 1] });
    expect(bytesOf(await settledResults)).toEqual([0, 1, 2, 3].map((i) => [9, i]));
    await job.settled();

    const events = await requester.getMarketEvents({ fromBlock: 0n, toBlock: 1000n, jobId });
    expect(events.map(({ type }) => type)).toEqual([
      ...["jobPosted", "batchClaimed", "batchSubmitted", "batchClaimed", "batchSubmitted"],
      ...["batchChallenged", "challengeResolved", "workerSlashed"],
      ...["batchClaimed", "batchSubmitted", "batchSettled", "batchSettled"],
    ]);
    expect(events.find(({ type }) => type === "workerSlashed")).toMatchObject({
      ...{ worker: addressOf(liar), asker: addressOf(honest), ...shares },
    });
    const juryTypes = (await first?.getEvents({ fromBlock: 0n, toBlock: 1000n }))?.map(
      ({ type }) => type,
    );
    expect(juryTypes).toEqual([
      ...["disputeOpened", "drawRequested", "juryDrawn"],
      ...["verdictCommitted", "verdictCommitted", "verdictCommitted", "revealStarted"],
      ...["verdictRevealed", "verdictRevealed", "verdictRevealed"],
      ...["jurorSlashed", "disputeSettled"],
    ]);
  });

  test("is yielded as submitted, since nothing has shown yet that it is wrong", async () => {
    const [liar, honest] = disputes.market.workers;
    const job = await disputes.post();
    await workBatch(liar, job, 0, lie);
    await workBatch(honest, job, 1);
    expect(bytesOf(await collect(job.results()))).toEqual([
      ...[
        [9, 0],
        [66, 66],
        [9, 2],
        [9, 3],
      ],
    ]);
  });

  test("that is challenged with a wrong answer costs both: the worker is slashed, the bond burned", async () => {
    const { market } = disputes;
    const [liar, guesser] = market.workers;
    const job = await disputes.post();
    await workBatch(liar, job, 0, lie);
    const opened = await disputes.challenge(guesser, job, 1, { answer: rightLeaf(3) });
    await disputes.rule(opened, [bothWrong, bothWrong, bothWrong]);
    const { dispute } = opened;
    const { ruling, slash } = await guesser.resolve({ terms: job.terms, dispute });
    expect(ruling).toBe(bothWrong);
    const kept = SLASH / 5n;
    expect(slash).toEqual({
      ...{
        slashed: SLASH,
        burned: kept + BOND,
        reward: 0n,
        reserved: 0n,
        compensation: SLASH - kept,
      },
    });
    expect(await guesser.getCredit()).toBe(0n);
    expect(await liar.getAccount()).toMatchObject({ slashedBatches: 1, locked: 0n });
  });
});

describe("a challenge that is not right", () => {
  test("costs the bond, half of it the worker's; the batch goes on, and the leaf stands", async () => {
    const { market } = disputes;
    const { requester } = market;
    const [worker, challenger] = market.workers;
    const job = await disputes.post();
    const { jobId, terms } = job;
    await workBatch(worker, job, 0);
    const leaf = rightLeaf(0);
    expect(await requester.getLeafStands({ jobId, position: 0, leaf })).toBe(false);
    const answer = rightLeaf(3);
    const opened = await disputes.challenge(challenger, job, 0, { answer });
    await disputes.rule(opened, [workerRight, workerRight, workerRight]);
    expect(await worker.resolve({ terms, dispute: opened.dispute })).toMatchObject({
      ...{ ruling: workerRight, slash: undefined },
    });
    expect(await worker.getCredit()).toBe(BOND / 2n);
    expect(await challenger.getCredit()).toBe(0n);
    expect(await requester.getCredit({ account: DEAD })).toBe(BOND / 2n);
    expect(await worker.getBatches({ jobId, count: 1 })).toMatchObject([
      { status: "submitted", inquiry: { pending: 0, challenges: 1, frozenAt: 0 } },
    ]);
    expect(await requester.getLeafStands({ jobId, position: 0, leaf })).toBe(true);
    await expect(disputes.challenge(challenger, job, 0, { answer })).rejects.toMatchObject({
      ...{ code: "Marketplace_LeafStands", args: { job: jobId, position: 0, leaf } },
    });
  });

  test("of a batch that nobody could decide about costs half of the bond, and the batch goes on", async () => {
    const { market } = disputes;
    const { requester, workers } = market;
    const [worker, challenger] = workers;
    const job = await disputes.post();
    const { terms } = job;
    await workBatch(worker, job, 0);
    await workBatch(worker, job, 1);
    const settled = collect(job.results({ finality: "settled" }));
    const opened = await disputes.challenge(challenger, job, 1, { answer: rightLeaf(3) });
    await disputes.rule(opened, [undecided, undecided, undecided]);
    const { dispute } = opened;
    expect((await challenger.resolve({ terms, dispute })).ruling).toBe(undecided);
    expect(await challenger.getCredit()).toBe(BOND / 2n);
    expect(await worker.getCredit()).toBe(0n);
    expect(await requester.getCredit({ account: DEAD })).toBe(BOND / 2n);
    expect((await job.status()).batches).toMatchObject({ void: 0, submitted: 2 });
    await market.chain.increaseTime(WINDOW_SECONDS);
    await worker.settle({ terms, batches: [0, 1] });
    expect(await worker.getCredit()).toBe(4000n);
    expect(bytesOf(await settled)).toEqual([0, 1, 2, 3].map((i) => [9, i]));
    await job.settled();
  });
});

test("a claimed batch is given back for a fee, which grows with the time", async () => {
  const [worker] = disputes.market.workers;
  const job = await disputes.post();
  const { terms } = job;
  await worker.claim({ terms, batch: 0 });
  expect((await worker.release({ terms, batch: 0 })).fee).toBe(STAKE / 100n);
  expect((await job.status()).batches).toMatchObject({ open: 2 });
  const { deadline } = await worker.claim({ terms, batch: 0 });
  await disputes.market.chain.increaseTime(terms.submitWindowSeconds / 2);
  const { fee } = await worker.release({ terms, batch: 0 });
  const held = BigInt(terms.submitWindowSeconds - (deadline - (await disputes.market.chain.now())));
  const penalty = STAKE / 5n;
  const window = BigInt(terms.submitWindowSeconds);
  expect(fee).toBe((penalty * held + window - 1n) / window);
});
