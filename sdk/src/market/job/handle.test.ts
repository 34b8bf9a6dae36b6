import type { CID } from "multiformats/cid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startMarket, type TestMarket, workBatch } from "../../../../test/fixtures/market.ts";
import { compileProgram } from "../../compile/index.ts";
import {
  type BlockReader,
  type Content,
  cidOf,
  type JobHandle,
  JobIncompleteError,
  Outcome,
  putBytes,
  type ResultError,
  type TaskResult,
} from "../../index.ts";

/** Gives the input back, traps at 0xff, and gives 2,000 bytes for 0xfe. */
const SOURCE = `export function main(input: Uint8Array): Uint8Array {
  if (input[0] == 0xff) unreachable();
  if (input[0] == 0xfe) return new Uint8Array(2000);
  return input;
}`;

let market: TestMarket;
let program: Uint8Array;
beforeAll(async () => {
  [market, program] = await Promise.all([
    startMarket(),
    compileProgram({ source: SOURCE, memoryPages: 4 }),
  ]);
});
afterAll(() => market[Symbol.asyncDispose]());

const inputsOf = (count: number) => Array.from({ length: count }, (_, i) => new Uint8Array([i, i]));

/** A job of `count` tasks in batches of two. */
function post(count: number, options: { claimForSeconds?: number } = {}): Promise<JobHandle> {
  return market.requester.submitJob({
    program,
    inputs: inputsOf(count),
    rewardPerTask: 1000n,
    batchSize: 2,
    maxResultBytes: 1000,
    ...options,
  });
}

async function collect(stream: AsyncIterable<TaskResult>): Promise<TaskResult[]> {
  const results: TaskResult[] = [];
  for await (const result of stream) results.push(result);
  return results;
}

const positions = (results: TaskResult[]) => results.map(({ position }) => position);

/** What was yielded, and the error at the end. */
async function untilError(
  stream: AsyncIterable<TaskResult>,
): Promise<{ results: TaskResult[]; error: JobIncompleteError }> {
  const results: TaskResult[] = [];
  try {
    for await (const result of stream) results.push(result);
  } catch (error) {
    if (error instanceof JobIncompleteError) return { results, error };
    throw error;
  }
  throw new Error("the stream ended without an error");
}

describe("results", () => {
  test("come verified, with bytes, CID, batch and worker, however they end", async () => {
    const [worker] = market.workers;
    const inputs = [[1], [0xff], [0xfe], [2, 3]].map((bytes) => new Uint8Array(bytes));
    const job = await market.requester.submitJob({
      ...{ program, inputs, rewardPerTask: 5n, batchSize: 4, maxResultBytes: 1000 },
    });
    await workBatch(worker, job, 0);
    const task = { batch: 0, worker: worker.wallet?.account.address };
    expect(await collect(job.results())).toEqual([
      { ...task, position: 0, outcome: "ok", bytes: inputs[0], cid: cidOf(new Uint8Array([1])) },
      { ...task, position: 1, outcome: "trap" },
      { ...task, position: 2, outcome: "over-limit" },
      { ...task, position: 3, outcome: "ok", bytes: inputs[3], cid: cidOf(new Uint8Array([2, 3])) },
    ]);
  });

  test("come as batches are submitted, in any order, each position once", async () => {
    const [one, two] = market.workers;
    const job = await post(7);
    const seen: number[] = [];
    const batches = [3, 0, 2, 1];
    await workBatch(one, job, batches.shift() ?? 0);
    for await (const { position } of job.results()) {
      seen.push(position);
      // The next batch is done only when the last one was read: nothing waits for the whole job.
      const read = seen.length === 1 || seen.length % 2 === 1;
      const next = read ? batches.shift() : undefined;
      if (next !== undefined) await workBatch(two, job, next);
    }
    expect(seen).toEqual([6, 0, 1, 4, 5, 2, 3]);
  });

  test("come by position when ordered", async () => {
    const job = await post(7);
    for (const batch of [3, 1, 2, 0]) await workBatch(market.workers[0], job, batch);
    expect(positions(await collect(job.results({ ordered: true })))).toEqual([0, 1, 2, 3, 4, 5, 6]);
    // Every reading begins anew.
    expect(positions(await collect(job.results())).toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test("a batch that expires and is claimed again comes from its second worker", async () => {
    const [one, two] = market.workers;
    const job = await post(4);
    await one.claim({ terms: job.terms, batch: 0 });
    const reading = collect(job.results());
    await workBatch(one, job, 1);
    await market.chain.increaseTime(job.terms.submitWindowSeconds + 1);
    await two.expire({ terms: job.terms, batch: 0 });
    await workBatch(two, job, 0);
    const results = await reading;
    expect(positions(results).toSorted()).toEqual([0, 1, 2, 3]);
    const first = results.find(({ position }) => position === 0);
    expect(first?.worker).toBe(two.wallet?.account.address);
  });

  test("after a reorganisation the chain is read anew, and nothing is yielded twice", async () => {
    const [worker] = market.workers;
    const job = await post(4);
    const before = await market.chain.snapshot();
    await workBatch(worker, job, 0);
    const reading = job.results()[Symbol.asyncIterator]();
    const seen = [(await reading.next()).value?.position, (await reading.next()).value?.position];
    const third = reading.next();
    await market.chain.revert(before);
    await workBatch(worker, job, 1);
    await workBatch(worker, job, 0);
    seen.push((await third).value?.position, (await reading.next()).value?.position);
    expect(seen).toEqual([0, 1, 2, 3]);
    expect(await reading.next()).toEqual({ done: true, value: undefined });
  });

  test("come when their submission has its confirmations", async () => {
    const { jobId } = await post(2);
    const job = await market.client(1, { confirmations: 3 }).openJob({ jobId });
    const reading = collect(job.results());
    await workBatch(market.workers[0], job, 0);
    const signal = AbortSignal.timeout(100);
    await expect(collect(job.results({ signal }))).rejects.toThrow("timeout");
    await market.chain.mine(2);
    expect(positions(await reading)).toEqual([0, 1]);
  });

  test("a signal stops the waiting", async () => {
    const job = await post(2);
    const signal = AbortSignal.timeout(50);
    await expect(collect(job.results({ signal }))).rejects.toThrow(
      expect.objectContaining({ name: "TimeoutError" }),
    );
    await expect(job.settled({ signal: AbortSignal.timeout(50) })).rejects.toThrow(
      expect.objectContaining({ name: "TimeoutError" }),
    );
  });
});

describe("what a worker did wrong is told, and costs no other result", () => {
  test("a result longer than the spec allows", async () => {
    const job = await post(4);
    await workBatch(market.workers[0], job, 0, async (entries, content) => {
      const bytes = new Uint8Array(1001);
      entries[1] = { outcome: Outcome.ok, cid: await content.put(bytes), byteLength: 1001 };
    });
    await workBatch(market.workers[1], job, 1);
    const told: ResultError[] = [];
    const { results, error } = await untilError(
      job.results({ onFailure: (failure) => told.push(failure) }),
    );
    expect(positions(results).toSorted()).toEqual([0, 2, 3]);
    expect(error).toMatchObject({ code: "RESULTS_FAILED", retryable: false, missingBatches: [] });
    expect(error.failures).toEqual(told);
    expect(told).toEqual([
      expect.objectContaining({
        code: "RESULT_INVALID",
        batch: 0,
        position: 1,
        worker: market.workers[0].wallet?.account.address,
        cid: cidOf(new Uint8Array(1001)),
      }),
    ]);
    expect(told[0]?.message).toContain(cidOf(new Uint8Array(1001)).toString());
  });

  test.each([
    ["another length than its bytes", { byteLength: 1 }],
    ["another length, above its bytes", { byteLength: 3 }],
  ])("a result of %s", async (_, lie) => {
    const job = await post(2);
    await workBatch(market.workers[0], job, 0, (entries) => {
      const [entry] = entries;
      if (entry?.outcome === Outcome.ok) entries[0] = { ...entry, ...lie };
    });
    const { results, error } = await untilError(job.results({ ordered: true }));
    expect(positions(results)).toEqual([1]);
    expect(error.failures).toMatchObject([{ code: "RESULT_INVALID", position: 0 }]);
  });

  test("a result that nobody has", async () => {
    const job = await post(4);
    const nowhere = cidOf(new Uint8Array([9, 9, 9]));
    await workBatch(market.workers[0], job, 0, (entries) => {
      entries[0] = { outcome: Outcome.ok, cid: nowhere, byteLength: 3 };
    });
    await workBatch(market.workers[0], job, 1);
    const { results, error } = await untilError(job.results({ ordered: true }));
    expect(positions(results)).toEqual([1, 2, 3]);
    expect(error).toMatchObject({ code: "RESULTS_FAILED", retryable: true });
    expect(error.failures).toMatchObject([
      { code: "RESULT_UNAVAILABLE", batch: 0, position: 0, cid: nowhere, retryable: true },
    ]);
    // It turns up: the same handle gives everything.
    await putBytes(market.content, new Uint8Array([9, 9, 9]));
    expect(positions(await collect(job.results({ ordered: true })))).toEqual([0, 1, 2, 3]);
  });

  test("a provider that never answers", async () => {
    const job = await post(4);
    await workBatch(market.workers[0], job, 0);
    await workBatch(market.workers[0], job, 1);
    const silent = cidOf(new Uint8Array([1, 1]));
    const reader: BlockReader = {
      get: (cid, options) =>
        cid.equals(silent)
          ? new Promise((_, reject) => {
              options?.signal?.addEventListener("abort", () => reject(options.signal?.reason));
            })
          : market.content.get(cid, options),
    };
    const content: Content = { ...market.content, ...reader, session: () => reader };
    const requester = market.client(1, { content });
    const handle = await requester.openJob({ jobId: job.jobId });
    const { results, error } = await untilError(handle.results({ fetchTimeoutMs: 30 }));
    expect(positions(results).toSorted()).toEqual([0, 2, 3]);
    expect(error.failures).toMatchObject([{ code: "RESULT_UNAVAILABLE", cid: silent }]);
  });

  test.each<[string, "RESULT_INVALID" | "RESULT_UNAVAILABLE", CID]>([
    ["no manifest", "RESULT_INVALID", cidOf(program0())],
    ["a manifest that nobody has", "RESULT_UNAVAILABLE", cidOf(new Uint8Array([7]), "dag-cbor")],
  ])("%s behind the root", async (_, code, results) => {
    const job = await post(4);
    const [one, two] = market.workers;
    await market.content.put(program0());
    await one.claim({ terms: job.terms, batch: 0 });
    const submission = { jobId: job.jobId, batch: 0, results };
    await one.submit({ ...submission, resultRoot: `0x${"12".repeat(32)}` });
    await workBatch(two, job, 1);
    const { results: good, error } = await untilError(job.results());
    expect(positions(good).toSorted()).toEqual([2, 3]);
    expect(error.failures).toMatchObject([{ code, batch: 0, cid: results, position: undefined }]);
  });

  test("another job's manifest", async () => {
    const [worker] = market.workers;
    const [job, other] = [await post(2), await post(4)];
    await workBatch(worker, other, 1);
    await worker.claim({ terms: job.terms, batch: 0 });
    const { results, resultRoot } = await worker.getSubmission({ jobId: other.jobId, batch: 1 });
    await worker.submit({ jobId: job.jobId, batch: 0, resultRoot, results });
    const { results: good, error } = await untilError(job.results());
    expect(good).toEqual([]);
    expect(error.failures).toMatchObject([{ code: "RESULT_INVALID", batch: 0 }]);
  });
});

function program0(): Uint8Array {
  return new Uint8Array([0x61]);
}

describe("when batches are missing for good", () => {
  test("a cancelled job yields what was submitted, then says so", async () => {
    const [one, two] = market.workers;
    const job = await post(8);
    await workBatch(one, job, 0);
    await two.claim({ terms: job.terms, batch: 1 });
    await one.claim({ terms: job.terms, batch: 2 });
    const reading = untilError(job.results({ ordered: true }));
    const { refund } = await job.cancel();
    expect(refund).toBe(2000n);
    // Claimed batches go on: one is submitted, the other overdue.
    await market.chain.increaseTime(10);
    const late = { ...two, claim: async () => ({}) as never };
    await workBatch(late, job, 1);
    await market.chain.increaseTime(job.terms.submitWindowSeconds + 1);
    const { results, error } = await reading;
    expect(positions(results)).toEqual([0, 1, 2, 3]);
    expect(error).toMatchObject({ code: "JOB_CANCELLED", missingBatches: [2, 3], failures: [] });
    await one.expire({ terms: job.terms, batch: 2 });
  });

  test("a job of more batches than one call reads", async () => {
    const [worker] = market.workers;
    const inputs = Array.from({ length: 2100 }, () => new Uint8Array([7]));
    const job = await market.requester.submitJob({
      ...{ program, inputs, rewardPerTask: 1n, batchSize: 1 },
    });
    for (const batch of [2099, 0, 1500]) await workBatch(worker, job, batch);
    await job.cancel();
    const { results, error } = await untilError(job.results({ ordered: true }));
    expect(positions(results)).toEqual([0, 1500, 2099]);
    expect(error.missingBatches).toHaveLength(2097);
    expect(await job.status()).toMatchObject({ batches: { open: 2097, submitted: 3 } });
    await market.chain.increaseTime(job.terms.challengeWindowSeconds);
    await worker.settle({ terms: job.terms, batches: [0, 1500, 2099] });
    await job.settled();
  });

  test("a job that nobody can claim any more says so", async () => {
    const job = await post(4, { claimForSeconds: 60 });
    await workBatch(market.workers[0], job, 1);
    const reading = untilError(job.results());
    await market.chain.increaseTime(100);
    const { results, error } = await reading;
    expect(positions(results)).toEqual([2, 3]);
    expect(error).toMatchObject({ code: "JOB_CLAIMING_CLOSED", missingBatches: [0] });
    await market.chain.increaseTime(job.terms.challengeWindowSeconds);
    await market.workers[0].settle({ terms: job.terms, batches: [1] });
    await expect(job.settled()).rejects.toThrow(
      expect.objectContaining({ code: "JOB_CLAIMING_CLOSED", missingBatches: [0] }),
    );
    await job.cancel();
    await job.settled();
  });
});

describe("status and settlement", () => {
  test("status counts the batches, and settled waits for all of them", async () => {
    const [one, two] = market.workers;
    const job = await post(8);
    await workBatch(one, job, 0);
    await one.claim({ terms: job.terms, batch: 1 });
    await workBatch(two, job, 2);
    await market.chain.increaseTime(job.terms.challengeWindowSeconds);
    await two.settle({ terms: job.terms, batches: [0] });
    expect(await job.status()).toEqual({
      status: "posted",
      openTasks: 2,
      batches: {
        ...{ open: 1, claimed: 1, submitted: 1, settled: 1 },
        ...{ questioned: 0, void: 0 },
      },
    });

    let settled = false;
    const waiting = job.settled().then(() => {
      settled = true;
    });
    await workBatch(two, job, 3);
    await workBatch({ ...one, claim: async () => ({}) as never }, job, 1);
    await market.chain.increaseTime(job.terms.challengeWindowSeconds);
    await two.settle({ terms: job.terms, batches: [2, 3] });
    expect(settled).toBe(false);
    const { paid } = await two.settle({ terms: job.terms, batches: [1, 2] });
    expect(paid).toBe(2000n);
    await waiting;
    expect((await job.status()).batches.settled).toBe(4);
  });

  test("a job can be opened again by its name", async () => {
    const job = await post(2);
    const again = await market.client(4).openJob({ jobId: job.jobId });
    expect(again.terms).toEqual(job.terms);
    expect(again.spec.manifest.equals(job.spec.manifest)).toBe(true);
    expect(again.blockNumber).toBe(job.blockNumber);
    await expect(market.requester.openJob({ jobId: `0x${"77".repeat(32)}` })).rejects.toThrow(
      expect.objectContaining({ code: "JOB_NOT_FOUND" }),
    );
  });
});
