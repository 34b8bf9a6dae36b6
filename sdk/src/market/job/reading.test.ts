import { http, parseEther } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fault, logsUpTo, startFaultyRpc } from "../../../../test/fixtures/faultyRpc.ts";
import { startMarket, type TestMarket } from "../../../../test/fixtures/market.ts";
import { echo, numbered, slowEcho } from "../../../../test/fixtures/programs.ts";
import {
  type AskedJob,
  cidOf,
  isWorthItsGas,
  type JobHandle,
  type ListedJob,
  NODE_DEFAULTS,
  type WorkerQuote,
  type Workers,
} from "../../index.ts";

let market: TestMarket;
/** Three jobs, the oldest first: one that can be claimed, one of another requester, and one that was cancelled. */
let posted: JobHandle[];
const order = { program: echo.wasm, inputs: numbered(2), rewardPerTask: 1n, batchSize: 1 };
beforeAll(async () => {
  market = await startMarket();
  posted = [];
  for (const requester of [market.requester, market.client(4), market.requester]) {
    posted.push(await requester.submitJob(order));
    await market.chain.mine(40);
  }
  await posted[2]?.cancel();
});
afterAll(() => market[Symbol.asyncDispose]());

async function all(items: AsyncIterable<ListedJob>): Promise<ListedJob[]> {
  const list: ListedJob[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const indices = (jobs: readonly ListedJob[]) =>
  jobs.map(({ jobId }) => posted.findIndex((job) => job.jobId === jobId));

describe("listJobs", () => {
  test("gives the newest first, with where they stand", async () => {
    const jobs = await all(market.requester.listJobs());
    expect(indices(jobs)).toEqual([2, 1, 0]);
    expect(jobs).toMatchObject([
      { status: "cancelled", openTasks: 0, isOpen: false },
      { status: "posted", openTasks: 2, isOpen: true, terms: posted[1]?.terms },
      { status: "posted", openTasks: 2, isOpen: true, blockNumber: posted[0]?.blockNumber },
    ]);
  });

  test("chooses by requester, state, blocks and number, and goes on where it ended", async () => {
    const list = (parameters: Parameters<typeof market.requester.listJobs>[0]) =>
      all(market.requester.listJobs(parameters)).then(indices);
    const requester = posted[1]?.terms.requester;
    expect(await list({ requester })).toEqual([1]);
    expect(await list({ state: "open" })).toEqual([1, 0]);
    expect(await list({ state: "closed" })).toEqual([2]);
    expect(await list({ program: posted[0]?.spec.program, limit: 2 })).toEqual([2, 1]);
    const toBlock = (posted[1]?.blockNumber ?? 0n) - 1n;
    expect(await list({ toBlock })).toEqual([0]);
    expect(await list({ fromBlock: toBlock })).toEqual([2, 1]);
    expect(await list({ token: market.chain.marketplace })).toEqual([]);
    expect(await list({ limit: 0 })).toEqual([]);
  });

  test("reads no further back than its reader", async () => {
    await using proxy = await startFaultyRpc(market.chain.rpcUrl);
    proxy.misbehave(logsUpTo(10, { code: -32005, message: "block range is too wide" }));
    const client = market.client(1, { transport: http(proxy.url, { retryCount: 0 }) });
    expect(await all(client.listJobs())).toHaveLength(3);
    const before = proxy.calls.length;
    await all(client.listJobs({ limit: 1 }));
    expect(proxy.calls.length - before).toBeLessThan(15);
  });
});

describe("openJob", () => {
  const opened = async (fault?: Fault) => {
    await using proxy = await startFaultyRpc(market.chain.rpcUrl);
    proxy.misbehave(logsUpTo(5, { code: -32005, message: "block range is too wide" }));
    const client = market.client(1, { transport: http(proxy.url, { retryCount: 0 }) });
    const latest = await client.public.getBlockNumber();
    for (let i = 0; i < 4; i++) {
      await client.getMarketEvents({ fromBlock: latest - 20n, toBlock: latest }); // learns the limit
    }
    const before = proxy.calls.length;
    const limited = logsUpTo(5, { code: -32005, message: "block range is too wide" });
    proxy.misbehave(
      async (call, forward) => (await fault?.(call, forward)) ?? limited(call, forward),
    );
    const { jobId, blockNumber } = posted[0] as JobHandle;
    expect((await client.openJob({ jobId })).blockNumber).toBe(blockNumber);
    return proxy.calls.length - before;
  };

  test("halves the range by the state of old blocks", async () => {
    expect(await opened()).toBeLessThan(20);
  });

  test("looks through the logs where there is no such state", async () => {
    const pruned: Fault = ({ method, params }) =>
      method === "eth_call" && params[1] !== "latest"
        ? { error: { code: -32000, message: "missing trie node" } }
        : undefined;
    expect(await opened(pruned)).toBeGreaterThan(20);
  });

  test("finds a job that an endpoint denies at old blocks", async () => {
    const empty: Fault = ({ method, params }) =>
      method === "eth_call" && params[1] !== "latest" ? { result: "0x" } : undefined;
    expect(await opened(empty)).toBeGreaterThan(20);
  });

  test("of a job that there is not asks little", async () => {
    await using proxy = await startFaultyRpc(market.chain.rpcUrl);
    const client = market.client(1, { transport: http(proxy.url, { retryCount: 0 }) });
    const jobId = `0x${"12".repeat(32)}` as const;
    await expect(client.openJob({ jobId })).rejects.toMatchObject({ code: "JOB_NOT_FOUND" });
    expect(proxy.calls.length).toBeLessThan(5);
  });
});

describe("quote", () => {
  test("names the least reward with which a node's own arithmetic agrees, to the wei", async () => {
    for (const taskCount of [1, 7, 1_000, 1_025]) {
      const {
        leastRewardPerTask = 0n,
        batchSize,
        fees,
      } = await market.requester.quote({ taskCount });
      const { maxGasShare } = NODE_DEFAULTS;
      const last = BigInt(taskCount % batchSize || batchSize);
      const pays = (reward: bigint) =>
        isWorthItsGas({ gasWei: fees.batch, rewardWei: reward * last, maxGasShare });
      expect(pays(leastRewardPerTask)).toBe(true);
      expect(pays(leastRewardPerTask - 1n)).toBe(false);
    }
  });

  test("foretells terms, escrow and the gas of posting", async () => {
    const rewardPerTask = parseEther("0.001");
    const inputs = numbered(20);
    const quote = await market.requester.quote({ program: echo.wasm, inputs, rewardPerTask });
    expect(quote).toMatchObject({ paysForGas: true, isDoneInTime: true, rewardPerTask });
    expect(quote.fuel).toMatchObject({ isMeasured: true });
    const { public: node, marketplace } = market.requester;
    const before = await node.getBalance({ address: marketplace });
    const hashes: `0x${string}`[] = [];
    const job = await market.requester.submitJob({
      ...{ program: echo.wasm, inputs, rewardPerTask },
      onProgress: (step) => step.type === "posted" && hashes.push(step.hash),
    });
    const { batchSize, stakePerBatch } = job.terms;
    expect(quote).toMatchObject({ taskCount: 20, batchSize, stakePerBatch });
    expect((await node.getBalance({ address: marketplace })) - before).toBe(quote.escrow);
    const [hash = "0x"] = hashes;
    const { gasUsed } = await node.getTransactionReceipt({ hash });
    expect(gasUsed).toBeLessThanOrEqual(quote.gas.post);
    expect(gasUsed * 2n).toBeGreaterThan(quote.gas.post);
  });

  test("tells time by fuel: measured, or by the limit", async () => {
    const fast = await market.requester.quote({ program: echo.wasm, inputs: numbered(1) });
    const program = slowEcho.wasm;
    const slow = await market.requester.quote({ program, inputs: numbered(1) });
    const limit = await market.requester.quote({ program, taskCount: 1, maxSteps: 10n ** 12n });
    expect(slow.taskMs.least).toBeGreaterThan(fast.taskMs.most);
    expect(limit).toMatchObject({ fuel: { perTask: 10n ** 12n, isMeasured: false } });
    const long = { taskCount: 100, batchSize: 100, maxSteps: 10n ** 12n };
    expect(await market.requester.quote(long)).toMatchObject({ isDoneInTime: false });
  });

  test("tells what workers ask, in quantiles that somebody named, and how many would take it", async () => {
    const quote = (asked: bigint | null, code: string | null = null): WorkerQuote => ({
      ...{ isTaken: code === null, code, reason: code, freeBatches: 1, taskMs: null, job: null },
      ...{ minRewardPerTaskWei: 0n, askedRewardPerTask: asked },
    });
    const quotes = [quote(9n), quote(1n), quote(5n, "GAS"), quote(7n, "GAS"), quote(null, "TOKEN")];
    const asked: AskedJob[] = [];
    const ask: Workers["ask"] = async (job) => {
      asked.push(job);
      return [...quotes, undefined].map((quote, i) => ({
        ...{ peerId: `${i}`, account: undefined, quote },
      }));
    };
    const client = market.client(1, { workers: { ask } });
    const of = { program: echo.wasm, inputs: numbered(2), rewardPerTask: 3n };
    const told = await client.quote(of);
    expect(told.asked).toEqual({
      ...{ workers: 6, answered: 5, takers: 2, priced: 4 },
      prices: { least: 1n, lowerQuarter: 1n, median: 5n, upperQuarter: 7n, most: 9n },
      refusals: [
        { code: "GAS", workers: 2 },
        { code: "TOKEN", workers: 1 },
      ],
    });
    expect(asked).toMatchObject([
      { rewardPerTask: 3n, fuelPerTask: told.fuel.perTask, program: cidOf(echo.wasm) },
    ]);
    expect((await client.quote({ ...of, asksWorkers: false })).asked).toBeUndefined();
    expect((await market.requester.quote(of)).asked).toBeUndefined();
    const gone = market.client(1, { workers: { ask: () => Promise.reject(new Error("gone")) } });
    expect((await gone.quote(of)).asked).toBeUndefined();
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(gone.quote({ ...of, signal })).rejects.toThrow("enough");
  });

  test("tells how long the latest jobs waited for their first claim", async () => {
    await using fresh = await startMarket();
    const waits = async () => (await fresh.requester.quote({ taskCount: 1 })).firstClaims;
    const none = { jobs: 0, claimed: 0, medianSeconds: undefined, slowSeconds: undefined };
    expect(await waits()).toEqual(none);
    const order = { program: echo.wasm, inputs: numbered(2), rewardPerTask: 10n ** 15n };
    const timeOf = async (blockNumber: bigint) =>
      Number((await fresh.requester.public.getBlock({ blockNumber })).timestamp);
    const expected: number[] = [];
    for (const seconds of [100, 7, 40]) {
      const job = await fresh.requester.submitJob({ ...order, batchSize: 1 });
      await fresh.chain.increaseTime(seconds);
      const claim = await fresh.workers[0].claim({ terms: job.terms, batch: 1 });
      await fresh.workers[1].claim({ terms: job.terms, batch: 0 });
      expected.push((await timeOf(claim.blockNumber)) - (await timeOf(job.blockNumber)));
    }
    await fresh.requester.submitJob(order);
    const [, median, slow] = expected.toSorted((a, b) => a - b);
    expect(await waits()).toEqual({
      ...{ jobs: 4, claimed: 3, medianSeconds: median, slowSeconds: slow },
    });
  });

  test("of a token leaves its worth to the nodes, and of nothing says so", async () => {
    const token = "0x00000000000000000000000000000000000000A7";
    const quote = await market.requester.quote({ taskCount: 3, token, rewardPerTask: 5n });
    expect(quote).toMatchObject({ escrow: 15n, stakePerBatch: 10n ** 15n });
    expect([quote.leastRewardPerTask, quote.paysForGas]).toEqual([undefined, undefined]);
    await expect(market.requester.quote({ inputs: [] })).rejects.toThrow(RangeError);
    await expect(market.requester.quote({ taskCount: 1.5 })).rejects.toThrow("one task at least");
  });
});
