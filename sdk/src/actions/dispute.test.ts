import { type Address, type Hex, keccak256, parseEther, stringToHex, zeroHash } from "viem";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { localJuryParameters, localParameters } from "../../../test/fixtures/chain.ts";
import { startMarket, type TestMarket, workBatch } from "../../../test/fixtures/market.ts";
import { runProgram } from "../../../test/fixtures/runProgram.ts";
import {
  type AuditedJobTask,
  type AuditedTask,
  batchRange,
  type Content,
  ContentNotFoundError,
  challengeCommitment,
  compileProgram,
  createJuryClient,
  decodeDemand,
  type Execution,
  Ground,
  hashDispute,
  type JobHandle,
  type JobIncompleteError,
  type JuryClient,
  type MarketClient,
  Outcome,
  openResultManifest,
  putBytes,
  type ResultError,
  type ResultLeaf,
  Ruling,
  type TaskResult,
  toResultLeaf,
  verdictCommitment,
} from "../index.ts";

const STAKE = parseEther("0.1");
const SLASH = STAKE / 2n;
const BOND = STAKE / 10n;
const FEE = 3n * localJuryParameters.seatFeeWei;
const WINDOW = localParameters.minChallengeWindowSeconds;

let market: TestMarket;
let program: Uint8Array;
let jury: Address;
/** Of accounts 5, 6 and 7. */
let jurors: JuryClient[];
let fresh: Hex;

beforeAll(async () => {
  [market, program] = await Promise.all([
    startMarket(),
    compileProgram({
      source: "export function main(input: Uint8Array): Uint8Array { return input.reverse(); }",
      memoryPages: 4,
    }),
  ]);
  jury = await market.chain.deployJury();
  jurors = [5, 6, 7].map((index) => createJuryClient(market.client(index), jury));
  for (const juror of jurors) await juror.deposit({ amount: localJuryParameters.ticketWei });
  await market.chain.increaseTime(localJuryParameters.epochSeconds);
  fresh = await market.chain.snapshot();
});
afterAll(() => market[Symbol.asyncDispose]());
beforeEach(async () => {
  await market.chain.revert(fresh);
  fresh = await market.chain.snapshot();
});

/** Four tasks in batches of two. */
function post(options: { arbiter?: Address } = {}): Promise<JobHandle> {
  return market.requester.submitJob({
    ...{ program, rewardPerTask: 1000n, batchSize: 2, stakePerBatch: STAKE, arbiter: jury },
    inputs: [0, 1, 2, 3].map((i) => new Uint8Array([i, 9])),
    ...options,
  });
}

/** The second task of the batch gives something else. */
const lie: Parameters<typeof workBatch>[3] = async (entries, content) => {
  const cid = await putBytes(content, new Uint8Array([66, 66]));
  entries[1] = { outcome: Outcome.ok, cid, byteLength: 2 };
};

const execute = async ({ input }: { input: Uint8Array }): Promise<Execution> => ({
  outcome: Outcome.ok,
  bytes: runProgram(program, input).bytes,
});

async function leafOf(
  job: JobHandle,
  position: number,
): Promise<{ leaf: ResultLeaf; proof: Hex[]; expectedRoot: Hex }> {
  const batch = Math.floor(position / 2);
  const { resultRoot, results } = await market.requester.getSubmission({
    ...{ jobId: job.jobId, batch },
  });
  const manifest = await openResultManifest(market.content, {
    ...{ cid: results, root: resultRoot, ...batchRange(job.terms, batch) },
  });
  for await (const { position: at, ...entry } of manifest.entries()) {
    if (at !== position) continue;
    const proof = await manifest.proof(position);
    return { leaf: toResultLeaf(position, entry), proof, expectedRoot: resultRoot };
  }
  throw new RangeError(`no task ${position}`);
}

/** Prepares and makes a challenge. */
async function challenge(challenger: MarketClient, job: JobHandle, position: number) {
  const { jobId, terms } = job;
  const batch = Math.floor(position / 2);
  const salt = keccak256(stringToHex("a secret"));
  const ground = Ground.wrongResult;
  const account = challenger.wallet?.account.address as Address;
  const commitment = challengeCommitment({
    ...{ challenger: account, jobId, batch, position, ground, salt },
  });
  await challenger.prepareChallenge({ commitment });
  await market.chain.mine(1);
  return challenger.challenge({ terms, batch, ground, salt, ...(await leafOf(job, position)) });
}

const saltOf = (index: number) => keccak256(stringToHex(`salt ${index}`));

/** All three jurors say so, and the time to appeal passes. */
async function rule(
  { id, dispute }: Awaited<ReturnType<typeof challenge>>,
  verdicts: readonly Ruling[],
): Promise<void> {
  await market.chain.mine(3);
  for (const [i, juror] of jurors.entries()) {
    const verdict = verdicts[i] ?? Ruling.undecided;
    const account = juror.wallet?.account.address as Address;
    const commitment = verdictCommitment({
      ...{ verdict, salt: saltOf(i), juror: account, id, panel: 0 },
    });
    await juror.drawAndCommit({ dispute, panel: 0, commitment });
  }
  for (const [i, juror] of jurors.entries()) {
    await juror.reveal({ id, panel: 0, verdict: verdicts[i] ?? Ruling.undecided, salt: saltOf(i) });
  }
  await market.chain.increaseTime(localJuryParameters.appealSeconds);
}

const { workerRight, workerWrong, undecided } = Ruling;

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
  test("is given what is wrong and what is withheld, and challenges it", async () => {
    const { workers, chain } = market;
    const [liar, honest] = workers;
    const job = await post();
    await workBatch(liar, job, 0, lie);
    let hidden = "";
    await workBatch(honest, job, 1, ([first]) => {
      if (first?.outcome === Outcome.ok) hidden = String(first.cid);
    });
    const content = without(market.content, hidden);
    const requester = await market.client(1, { content }).openJob({ jobId: job.jobId });
    const blocks = setInterval(() => void chain.mine(1), 50);
    const ran: number[] = [];
    const found: Partial<AuditedJobTask>[] = [];
    const opened: [number, string][] = [];
    const audited = requester.audit({
      ...{ execute, rate: 1, onAudited: ({ position }) => ran.push(position) },
    });
    for await (const { challenge: open, batch, position, ground, agrees, worker } of audited) {
      found.push({ batch, position, ground, agrees, worker });
      const { dispute } = await open();
      opened.push([dispute.position, dispute.challenger]);
    }
    clearInterval(blocks);
    expect(ran.toSorted()).toEqual([0, 1, 2, 3]);
    const [one, two] = [2, 3].map((index) => chain.accounts[index]?.address);
    expect(found.toSorted((a, b) => Number(a.batch) - Number(b.batch))).toEqual([
      { batch: 0, position: 1, ground: Ground.wrongResult, agrees: false, worker: one },
      { batch: 1, position: 2, ground: Ground.unavailable, agrees: true, worker: two },
    ]);
    const requesterAddress = chain.accounts[1]?.address;
    expect(opened.toSorted()).toEqual([
      [1, requesterAddress],
      [2, requesterAddress],
    ]);
  });

  test("hears of a batch whose manifest nobody gives, and goes on with the others", async () => {
    const [worker] = market.workers;
    const job = await post();
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
    const { requester, workers, chain } = market;
    const [liar, honest] = workers;
    const job = await post();
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
    expect(audited[1]).toMatchObject(await leafOf(job, 1).then(({ proof }) => ({ proof })));

    const opened = await challenge(honest, job, 1);
    const { id, dispute } = opened;
    expect(hashDispute(dispute)).toBe(id);
    expect(dispute).toMatchObject({ job: jobId, batch: 0, position: 1, bond: BOND, fee: FEE });
    const [batch] = await requester.getBatches({ jobId, count: 1 });
    expect(batch).toMatchObject({ status: "challenged", question: id });
    await expect(honest.resolve({ terms, dispute })).rejects.toMatchObject({
      ...{ code: "Marketplace_NotRuled", retryable: true },
    });

    await rule(opened, [workerWrong, workerWrong, workerRight]);
    expect(await requester.getRuling({ arbiter: jury, id })).toBe(workerWrong);
    const { ruling, slash } = await requester.resolve({ terms, dispute });
    expect(ruling).toBe(workerWrong);
    const burned = SLASH / 10n;
    const share = (SLASH - burned - FEE) / 2n;
    expect(slash).toEqual({
      ...{ slashed: SLASH, burned, reward: FEE + share, compensation: share },
    });
    expect(await honest.getCredit()).toBe(BOND + FEE + share);
    expect(await requester.getCredit()).toBe(share);
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
    await chain.increaseTime(WINDOW);
    await honest.settle({ terms, batches: [0, 1] });
    expect(bytesOf(await settledResults)).toEqual([0, 1, 2, 3].map((i) => [9, i]));
    await job.settled();

    const types = (await requester.getMarketEvents({ fromBlock: 0n, toBlock: 1000n, jobId })).map(
      ({ type }) => type,
    );
    expect(types).toEqual([
      ...["jobPosted", "batchClaimed", "batchSubmitted", "batchClaimed", "batchSubmitted"],
      ...["batchChallenged", "challengeResolved", "workerSlashed"],
      ...["batchClaimed", "batchSubmitted", "batchSettled", "batchSettled"],
    ]);
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
    const job = await post();
    await workBatch(market.workers[0], job, 0, lie);
    await workBatch(market.workers[1], job, 1);
    expect(bytesOf(await collect(job.results()))).toEqual([
      ...[
        [9, 0],
        [66, 66],
        [9, 2],
        [9, 3],
      ],
    ]);
  });
});

describe("a challenge that is not right", () => {
  test("gives the bond to the worker, and the batch goes on", async () => {
    const [worker, challenger] = market.workers;
    const job = await post();
    await workBatch(worker, job, 0);
    const opened = await challenge(challenger, job, 0);
    await rule(opened, [workerRight, workerRight, workerRight]);
    expect(await worker.resolve({ terms: job.terms, dispute: opened.dispute })).toMatchObject({
      ...{ ruling: workerRight, slash: undefined },
    });
    expect(await worker.getCredit()).toBe(BOND);
    const { jobId } = job;
    expect(await worker.getBatches({ jobId, count: 1 })).toMatchObject([{ status: "submitted" }]);
  });

  test("is refused when somebody else prepared it, or nobody did", async () => {
    const [worker, challenger] = market.workers;
    const { requester } = market;
    const job = await post();
    await workBatch(worker, job, 0);
    await expect(
      requester.challenge({
        ...{ terms: job.terms, batch: 0, ground: Ground.wrongResult, salt: zeroHash },
        ...(await leafOf(job, 0)),
      }),
    ).rejects.toMatchObject({ code: "Marketplace_NotPrepared", retryable: true });
    await challenge(challenger, job, 0);
    await expect(challenge(challenger, job, 1)).rejects.toMatchObject({
      code: "Marketplace_WrongStatus",
    });
  });
});

test("what nobody can decide is refunded, and results and settlement say so", async () => {
  const { requester, workers } = market;
  const [worker, challenger] = workers;
  const job = await post();
  await workBatch(worker, job, 0);
  await workBatch(worker, job, 1);
  const opened = await challenge(challenger, job, 0);
  await rule(opened, [undecided, undecided, undecided]);
  await challenger.resolve({ terms: job.terms, dispute: opened.dispute });
  expect(await requester.getCredit()).toBe(2000n);
  expect(await challenger.getCredit()).toBe(BOND);
  expect((await job.status()).batches).toMatchObject({ void: 1, submitted: 1 });

  await market.chain.increaseTime(WINDOW);
  await worker.settle({ terms: job.terms, batches: [1] });
  const missing = { code: "BATCHES_REFUNDED", missingBatches: [0] };
  const error = await collect(job.results({ finality: "settled" })).catch(
    (reason: JobIncompleteError) => reason,
  );
  expect(error).toMatchObject(missing);
  await expect(job.settled()).rejects.toMatchObject(missing);
});

describe("a demand", () => {
  test("is answered by the leaf, for its bond", async () => {
    const { requester, workers } = market;
    const [worker] = workers;
    const job = await post();
    const { jobId, terms } = job;
    await workBatch(worker, job, 0);
    const { leaf, proof, expectedRoot } = await leafOf(job, 1);
    const { bond } = await requester.demand({ terms, batch: 0, position: 1, expectedRoot });
    expect(bond).toBe(STAKE / 100n);
    const [batch] = await requester.getBatches({ jobId, count: 1 });
    expect(batch?.status).toBe("demanded");
    expect(decodeDemand(batch?.question ?? "0x")).toEqual({
      challenger: requester.wallet?.account.address,
      openedAt: await market.chain.now(),
      position: 1,
    });
    await worker.reveal({ terms, batch: 0, leaf, proof });
    expect(await worker.getCredit()).toBe(bond);
  });

  test("that is not answered costs the stake", async () => {
    const { requester, workers, chain } = market;
    const job = await post();
    const { terms } = job;
    await workBatch(workers[0], job, 0);
    const { expectedRoot } = await leafOf(job, 1);
    await requester.demand({ terms, batch: 0, position: 1, expectedRoot });
    await expect(workers[1].forfeit({ terms, batch: 0 })).rejects.toMatchObject({
      ...{ code: "Marketplace_NotOverdue", retryable: true },
    });
    await chain.increaseTime(localParameters.responseWindowSeconds + 1);
    const { slash } = await workers[1].forfeit({ terms, batch: 0 });
    expect(slash.slashed).toBe(SLASH);
    expect((await job.status()).batches).toMatchObject({ open: 2 });
  });
});

test("a claimed batch is given back for a fee", async () => {
  const [worker] = market.workers;
  const job = await post();
  await worker.claim({ terms: job.terms, batch: 0 });
  expect((await worker.release({ terms: job.terms, batch: 0 })).fee).toBe(STAKE / 100n);
  expect((await job.status()).batches).toMatchObject({ open: 2 });
});

test("a juror stakes, is drawn, and leaves", async () => {
  const juror = createJuryClient(market.client(8), jury);
  const { ticketWei, epochSeconds, unbondingSeconds } = await juror.getParameters();
  expect({ ticketWei, epochSeconds }).toEqual({
    ...{ ticketWei: localJuryParameters.ticketWei, epochSeconds: localJuryParameters.epochSeconds },
  });
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

test("a panel that nobody draws is asked for again, and an appeal asks a larger one", async () => {
  const [worker, challenger] = market.workers;
  const job = await post();
  await workBatch(worker, job, 0);
  const opened = await challenge(challenger, job, 0);
  const { id, dispute } = opened;
  const [juror] = jurors;
  if (juror === undefined) throw new Error("there are three");
  await expect(juror.draw({ dispute })).rejects.toMatchObject({
    ...{ code: "Randomness_NotReady", retryable: true },
  });
  await expect(juror.advance({ id })).rejects.toMatchObject({ retryable: true });
  await market.chain.increaseTime(localJuryParameters.epochSeconds);
  expect(await juror.getStanding({ id })).toMatchObject({ stage: "stalled", requests: 1 });
  await juror.advance({ id });
  await market.chain.mine(3);
  const expected = await juror.simulateDraw({ dispute });
  expect((await juror.draw({ dispute })).jurors).toEqual(expected);
  expect((await juror.getPanel({ id, panel: 0 })).jurors.toSorted()).toEqual(
    jurors.map(({ wallet }) => wallet?.account.address).toSorted(),
  );
  for (const [i, one] of jurors.entries()) {
    const account = one.wallet?.account.address as Address;
    const vote = { verdict: workerRight, salt: saltOf(i), id, panel: 0 };
    await one.commit({ id, panel: 0, commitment: verdictCommitment({ ...vote, juror: account }) });
  }
  for (const [i, one] of jurors.entries()) {
    await one.reveal({ id, panel: 0, verdict: workerRight, salt: saltOf(i) });
  }
  await createJuryClient(challenger, jury).appeal({ id });
  expect(await juror.getStanding({ id })).toMatchObject({
    ...{ stage: "drawing", panel: 2, appellant: challenger.wallet?.account.address },
  });
});

test("a draw by RANDAO is proved by a block's header", async () => {
  const [worker, challenger] = market.workers;
  const other = await market.chain.deployJury("RandaoRandomness");
  const pool = [5, 6, 7].map((index) => createJuryClient(market.client(index), other));
  for (const juror of pool) await juror.deposit({ amount: localJuryParameters.ticketWei });
  await market.chain.increaseTime(localJuryParameters.epochSeconds);
  const job = await post({ arbiter: other });
  await workBatch(worker, job, 0);
  const { id, dispute } = await challenge(challenger, job, 0);
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
