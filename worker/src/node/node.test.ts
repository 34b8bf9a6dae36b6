import { createMarketClient, memoryContent, type TaskResult } from "@assay/sdk";
import { http, parseEther, zeroAddress } from "viem";
import { describe, expect, test } from "vitest";
import type { TestChain } from "../../../test/fixtures/chain.ts";
import { echo, endless, numbered, pickyEcho, slowEcho } from "../../../test/fixtures/programs.ts";
import { marketForAllTests } from "../../test/market.ts";
import { accountOf, next, type Requester, startNode } from "../../test/network.ts";
import type { NodeEvents } from "../kernel/events.ts";

let chain: TestChain;
let requester: Requester;
const forTest = marketForAllTests((market) => {
  ({ chain, requester } = market);
});

const reward = parseEther("0.001");
const text = (result: TaskResult) =>
  result.outcome === "ok" ? new TextDecoder().decode(result.bytes) : result.outcome;

async function all(results: AsyncIterable<TaskResult>): Promise<TaskResult[]> {
  const list: TaskResult[] = [];
  for await (const result of results) list.push(result);
  return list;
}

test("a job is discovered, computed, submitted, settled and paid, to the wei", async () => {
  const node = await startNode(chain, requester, forTest);
  const { market } = requester;
  const inputs = [...numbered(9), new Uint8Array()];
  const job = await market.submitJob({
    ...{ program: pickyEcho.wasm, inputs, rewardPerTask: reward, batchSize: 4 },
  });

  const results = await all(job.results({ ordered: true }));
  expect(results.map(text)).toEqual([
    ...numbered(9).map((i) => new TextDecoder().decode(i)),
    "trap",
  ]);
  expect(new Set(results.map(({ worker }) => worker))).toEqual(new Set([node.address]));

  const settled: NodeEvents["batch settled"][] = [];
  node.events.on("batch settled", (fields) => settled.push(fields));
  const withdrawn = next(node, "credit withdrawn");
  await chain.increaseTime(job.terms.challengeWindowSeconds);
  await job.settled();
  const amount = 10n * reward;
  expect(await withdrawn).toEqual({ token: zeroAddress, amount, amountWei: amount });
  expect(settled.map(({ batch, rewardWei }) => ({ batch, rewardWei }))).toEqual([
    { batch: 0, rewardWei: 4n * reward },
    { batch: 1, rewardWei: 4n * reward },
    { batch: 2, rewardWei: 2n * reward },
  ]);
  expect(await market.getAccount({ account: node.address })).toMatchObject({
    locked: 0n,
    settledBatches: 3,
    expiredBatches: 0,
  });
});

test("a hint makes a node look at the chain long before its interval is over", async () => {
  const node = await startNode(chain, requester, forTest, { pollingIntervalMs: 60_000 });
  const discovered = next(node, "job discovered");
  const job = await requester.market.submitJob({
    ...{ program: echo.wasm, inputs: numbered(1), rewardPerTask: reward },
  });
  const postedAt = performance.now();
  expect(await discovered).toMatchObject({ jobId: job.jobId, tasks: 1 });
  expect(performance.now() - postedAt).toBeLessThan(10_000);
});

test("several nodes share a job's batches", async () => {
  const nodes = await Promise.all(
    [2, 3].map((account) => startNode(chain, requester, forTest, { account })),
  );
  const job = await requester.market.submitJob({
    ...{ program: slowEcho.wasm, inputs: numbered(16), rewardPerTask: reward, batchSize: 2 },
  });
  const results = await all(job.results());
  expect(results).toHaveLength(16);
  const workers = new Set(results.map(({ worker }) => worker));
  expect(workers).toEqual(new Set(nodes.map(({ address }) => address)));
});

describe("a job is refused", () => {
  test("that pays too little", async () => {
    const policy = { minRewardPerTaskWei: reward + 1n };
    const node = await startNode(chain, requester, forTest, { policy });
    const refused = next(node, "job refused");
    await requester.market.submitJob({
      ...{ program: echo.wasm, inputs: numbered(1), rewardPerTask: reward },
    });
    expect(await refused).toMatchObject({ reason: "the reward is too low" });
  });

  test("whose program never ends, while an honest one beside it is done", async () => {
    const node = await startNode(chain, requester, forTest);
    const refused = next(node, "job refused");
    const hostile = await requester.market.submitJob({
      ...{ program: endless.wasm, inputs: numbered(2), rewardPerTask: 2n * reward },
    });
    const honest = await requester.market.submitJob({
      ...{ program: echo.wasm, inputs: numbered(2), rewardPerTask: reward },
    });
    expect(await all(honest.results())).toHaveLength(2);
    expect(await refused).toMatchObject({
      jobId: hostile.jobId,
      reason: expect.stringContaining("ran longer than 1000 ms"),
    });
    expect((await hostile.status()).batches.open).toBe(2);
  });

  test("whose batches could not be done in time", async () => {
    const node = await startNode(chain, requester, forTest);
    const refused = next(node, "job refused");
    await requester.market.submitJob({
      ...{ program: slowEcho.wasm, inputs: numbered(2_000), rewardPerTask: reward },
      ...{ batchSize: 2_000, submitWindowSeconds: 10, stakePerBatch: reward },
    });
    expect(await refused).toMatchObject({ reason: "a batch would not be done in time" });
  });
});

test("a job whose contents are nowhere costs no stake, and is taken once they are there", async () => {
  const node = await startNode(chain, requester, forTest);
  const { market, peer } = requester;
  // The requester posts, and only then has what it promised.
  const stored: [Uint8Array, "raw" | "dag-cbor" | undefined][] = [];
  const withheld = memoryContent();
  const { put } = withheld;
  withheld.put = (bytes, options) => {
    stored.push([bytes.slice(), options?.codec]);
    return put(bytes, options);
  };
  const poster = createMarketClient({
    ...{ chain: chain.chain, transport: http(chain.rpcUrl), marketplace: chain.marketplace },
    ...{ account: accountOf(chain, 1), content: withheld, announcer: peer.announcer },
    pollingIntervalMs: 20,
  });
  const discovered = next(node, "job discovered");
  const job = await poster.submitJob({
    ...{ program: echo.wasm, inputs: numbered(2), rewardPerTask: reward, batchSize: 2 },
  });
  await discovered;
  expect((await market.getAccount({ account: node.address })).locked).toBe(0n);

  const submitted = next(node, "batch submitted");
  for (const [bytes, codec] of stored) {
    const cid = await peer.content.put(bytes, codec ? { codec } : {});
    await peer.content.provide(cid);
  }
  expect(await submitted).toMatchObject({ jobId: job.jobId, batch: 0 });
});

test("a node claims no more than its stake is good for, and goes on once a batch is settled", async () => {
  const stakePerBatch = parseEther("0.5");
  const policy = { stakeWei: stakePerBatch };
  const node = await startNode(chain, requester, forTest, { policy });
  const short = next(node, "stake is short");
  const job = await requester.market.submitJob({
    ...{ program: echo.wasm, inputs: numbered(2), rewardPerTask: reward, batchSize: 1 },
    stakePerBatch,
  });
  expect(await short).toMatchObject({ neededWei: stakePerBatch, freeWei: 0n });
  expect((await job.status()).batches).toMatchObject({ open: 1, submitted: 1 });
  await chain.increaseTime(job.terms.challengeWindowSeconds);
  expect(await all(job.results())).toHaveLength(2);
});

test("a missed deadline frees what is left of the stake, and the job is left alone", async () => {
  const node = await startNode(chain, requester, forTest);
  const claimed = next(node, "batch claimed");
  const lost = next(node, "batch lost");
  const refused = next(node, "job refused");
  const job = await requester.market.submitJob({
    ...{ program: slowEcho.wasm, inputs: numbered(200), rewardPerTask: reward, batchSize: 200 },
  });
  await claimed;
  await chain.increaseTime(job.terms.submitWindowSeconds + 1);
  expect(await lost).toMatchObject({ batch: 0, reason: "its deadline was missed" });
  expect(await refused).toMatchObject({ jobId: job.jobId });
  expect(await requester.market.getAccount({ account: node.address })).toMatchObject({
    locked: 0n,
    expiredBatches: 1,
  });
});

test("what is cancelled is not claimed; what was claimed before is finished and paid", async () => {
  const policy = { stakeWei: parseEther("0.5") };
  const node = await startNode(chain, requester, forTest, { policy });
  const closed = next(node, "stake is short");
  const job = await requester.market.submitJob({
    ...{ program: echo.wasm, inputs: numbered(2), rewardPerTask: reward, batchSize: 1 },
    stakePerBatch: parseEther("0.5"),
  });
  await closed;
  await job.cancel();
  const withdrawn = next(node, "credit withdrawn");
  await chain.increaseTime(job.terms.challengeWindowSeconds);
  expect(await withdrawn).toMatchObject({ amountWei: reward });
  expect((await job.status()).batches).toMatchObject({ open: 1, settled: 1 });
});

test("outcomes on chain are those of the tasks", async () => {
  await startNode(chain, requester, forTest);
  const job = await requester.market.submitJob({
    ...{ program: echo.wasm, inputs: [...numbered(1), new Uint8Array(100)], rewardPerTask: reward },
    ...{ batchSize: 2, maxResultBytes: 50 },
  });
  const results = await all(job.results({ ordered: true }));
  expect(results.map(({ outcome }) => outcome)).toEqual(["ok", "over-limit"]);
});
