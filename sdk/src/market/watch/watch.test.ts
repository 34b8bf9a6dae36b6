import { http } from "viem";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Fault, logsUpTo, startFaultyRpc } from "../../../../test/fixtures/faultyRpc.ts";
import { startMarket, type TestMarket, workBatch } from "../../../../test/fixtures/market.ts";
import { echo, numbered } from "../../../../test/fixtures/programs.ts";
import type { JobHandle, MarketClient, WatchedJob } from "../../index.ts";

let market: TestMarket;
beforeEach(async () => {
  market = await startMarket();
});
afterEach(() => market[Symbol.asyncDispose]());

const post = (client: MarketClient = market.requester, tasks = 1): Promise<JobHandle> =>
  client.submitJob({
    ...{ program: echo.wasm, inputs: numbered(tasks), rewardPerTask: 1n, batchSize: 1 },
  });

/** So many items, and no more. */
async function take<Item>(items: AsyncIterable<Item>, count: number): Promise<Item[]> {
  const taken: Item[] = [];
  for await (const item of items) {
    taken.push(item);
    if (taken.length === count) break;
  }
  return taken;
}

const ids = (jobs: readonly { jobId: string }[]) => jobs.map(({ jobId }) => jobId);

describe("watchJobs", () => {
  test("gives jobs as they are posted, from now on or from a block, by its filters", async () => {
    const old = await post();
    const watching = market.requester.watchJobs();
    const first = watching.next();
    await market.chain.mine(1);
    // It has begun when it has looked once.
    const unwatched = Promise.withResolvers<bigint>();
    const stop = market.requester.watchJobs({
      onJob: () => {},
      onBlock: unwatched.resolve,
      fromBlock: 0n,
    });
    await unwatched.promise;
    stop();
    const job = await post();
    expect((await first).value).toMatchObject({ jobId: job.jobId, removed: false });
    await watching.return(undefined as never);
    const others = await post(market.client(4));
    const all = await take(market.requester.watchJobs({ fromBlock: 0n }), 3);
    expect(ids(all)).toEqual(ids([old, job, others]));
    const { requester } = others.terms;
    const [theirs] = await take(market.requester.watchJobs({ fromBlock: 0n, requester }), 1);
    expect(theirs).toMatchObject({ jobId: others.jobId, terms: others.terms });
    const arbiter = "0x00000000000000000000000000000000000000A5";
    const signal = AbortSignal.timeout(500);
    const none = take(market.requester.watchJobs({ fromBlock: 0n, arbiter, signal }), 1);
    await expect(none).rejects.toMatchObject({ name: "TimeoutError" });
  });

  test("goes on behind the last item, so that none is lost and none comes twice", async () => {
    await market.chain.setAutomine(false);
    const posting = [1, 2, 3].map((i) => post(market.client(i)));
    const { public: node } = market.requester;
    const pending = async () =>
      (await node.getBlock({ blockTag: "pending" })).transactions.length === 3;
    await expect.poll(pending).toBe(true);
    await market.chain.mine(1); // all three in one block
    await market.chain.setAutomine(true);
    await Promise.all(posting);
    const all = await take(market.requester.watchJobs({ fromBlock: 0n }), 3);
    expect(new Set(all.map(({ blockNumber }) => blockNumber)).size).toBe(1);
    const rest = await take(market.requester.watchJobs({ after: all[0] }), 2);
    expect(ids(rest)).toEqual(ids(all.slice(1)));
    const next = await post();
    const [after] = await take(market.requester.watchJobs({ after: rest[1] }), 1);
    expect(after?.jobId).toBe(next.jobId);
  });

  test("tells of what a reorganisation takes back, and of what comes instead", async () => {
    const seen: WatchedJob[] = [];
    const before = await post();
    const stop = market.requester.watchJobs({ fromBlock: 0n, onJob: (job) => seen.push(job) });
    await expect.poll(() => seen.length).toBe(1);
    const snapshot = await market.chain.snapshot();
    const gone = [await post(), await post()];
    await expect.poll(() => seen.length).toBe(3);
    await market.chain.revert(snapshot);
    const instead = await post(market.client(4));
    await market.chain.mine(3);
    await expect.poll(() => seen.length).toBe(6);
    stop();
    expect(seen.map(({ jobId, removed }) => [jobId, removed])).toEqual([
      [before.jobId, false],
      ...gone.map(({ jobId }) => [jobId, false]),
      ...gone.toReversed().map(({ jobId }) => [jobId, true]),
      [instead.jobId, false],
    ]);
  });

  test("with confirmations, tells of nothing that a small reorganisation takes back", async () => {
    const seen: WatchedJob[] = [];
    const heights: bigint[] = [];
    const stop = market.requester.watchJobs({
      ...{ fromBlock: 0n, confirmations: 4 },
      onJob: (job) => seen.push(job),
      onBlock: (block) => heights.push(block),
    });
    const snapshot = await market.chain.snapshot();
    await post();
    await market.chain.mine(2);
    const height = await market.requester.public.getBlockNumber({ cacheTime: 0 });
    await expect.poll(() => heights.at(-1)).toBe(height - 3n);
    await market.chain.revert(snapshot);
    const stays = await post(market.client(4));
    await market.chain.mine(6);
    await expect.poll(() => seen.length).toBe(1);
    stop();
    expect(seen).toMatchObject([{ jobId: stays.jobId, removed: false }]);
  });

  test("survives an endpoint that fails, and limits ranges, and tells of it", async () => {
    await using proxy = await startFaultyRpc(market.chain.rpcUrl);
    let calls = 0;
    const limited = logsUpTo(7, { code: -32005, message: "block range is too wide" });
    const faulty: Fault = (call, forward) =>
      calls++ % 3 === 0 ? { http: 503 } : limited(call, forward);
    proxy.misbehave(faulty);
    const jobs: JobHandle[] = [];
    for (let i = 0; i < 4; i++) {
      jobs.push(await post());
      await market.chain.mine(20);
    }
    const client = market.client(1, { transport: http(proxy.url, { retryCount: 0 }) });
    const errors: [unknown, boolean][] = [];
    const onError = (error: unknown, isOver: boolean) => errors.push([error, isOver]);
    const seen = await take(client.watchJobs({ fromBlock: 0n, onError }), 4);
    expect(ids(seen)).toEqual(ids(jobs));
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.every(([, isOver]) => !isOver)).toBe(true);
  });

  test("is not misled by an endpoint that lags", async () => {
    await using proxy = await startFaultyRpc(market.chain.rpcUrl);
    const client = market.client(1, { transport: http(proxy.url) });
    const job = await post();
    const late = await client.public.getBlock();
    const seen: WatchedJob[] = [];
    const stop = client.watchJobs({ fromBlock: 0n, onJob: (one) => seen.push(one) });
    await expect.poll(() => seen.length).toBe(1);
    await market.chain.mine(1);
    let looks = 0;
    proxy.misbehave(async ({ method, params }, forward) => {
      if (method !== "eth_getBlockByNumber" || params[0] !== "latest") return undefined;
      looks++;
      const number = `0x${(late.number - 1n).toString(16)}`;
      return looks % 3 === 0 ? undefined : forward({ method, params: [number, false] });
    });
    await expect.poll(() => looks).toBeGreaterThan(20);
    stop();
    expect(seen).toMatchObject([{ jobId: job.jobId, removed: false }]);
  });

  test("ends by its function, its signal, or an error that cannot pass", async () => {
    const seen: string[] = [];
    const errors: unknown[] = [];
    const stop = market.requester.watchJobs({
      fromBlock: 0n,
      onJob: (job) => seen.push(job.jobId),
    });
    await post();
    await expect.poll(() => seen.length).toBe(1);
    stop();
    await post();
    const abort = new AbortController();
    const reading = market.requester.watchJobs({ signal: abort.signal }).next();
    abort.abort(new Error("enough"));
    await expect(reading).rejects.toThrow("enough");
    expect(seen).toHaveLength(1);
    market.client(1, { marketplace: `0x${"11".repeat(20)}` }).watchJobs({
      onJob: () => {},
      onError: (error, isOver) => errors.push([error, isOver]),
    });
    await expect.poll(() => errors).toMatchObject([[{ code: "MARKETPLACE_NOT_FOUND" }, true]]);
    market.requester.watchJobs({
      fromBlock: 0n,
      onJob() {
        throw new Error("the caller's own");
      },
      onError: (error, isOver) => errors.push([error, isOver]),
    });
    await expect
      .poll(() => errors.slice(1))
      .toMatchObject([[{ message: "the caller's own" }, true]]);
  });
});

test("watchJob and watchBatches tell of a job's whole life", async () => {
  const [worker] = market.workers;
  const job = await post(market.requester, 2);
  await post();
  await workBatch(worker, job, 1);
  const types = async (items: AsyncIterable<{ type: string }>, count: number) =>
    (await take(items, count)).map(({ type }) => type);
  const life = ["jobPosted", "batchClaimed", "batchSubmitted"];
  expect(await types(market.requester.watchJob({ jobId: job.jobId }), 3)).toEqual(life);
  expect(await types(job.watch(), 3)).toEqual(life);
  const { address } = worker.wallet?.account ?? { address: "0x" as const };
  const batches = { fromBlock: 0n, jobId: job.jobId };
  expect(await types(market.requester.watchBatches({ ...batches, worker: address }), 2)).toEqual(
    life.slice(1),
  );
  const signal = AbortSignal.timeout(300);
  const none = types(market.requester.watchDisputes({ ...batches, signal }), 1);
  await expect(none).rejects.toMatchObject({ name: "TimeoutError" });
  const unknown = market.requester.watchJob({ jobId: `0x${"22".repeat(32)}` }).next();
  await expect(unknown).rejects.toMatchObject({ code: "JOB_NOT_FOUND" });
});
