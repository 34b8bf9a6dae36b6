import { createExecutor } from "@assay/runners";
import { describe, expect, test } from "vitest";
import type { TestChain } from "../../../test/fixtures/chain.ts";
import { hanging, startFaultyRpc } from "../../../test/fixtures/faultyRpc.ts";
import { echo, numbered } from "../../../test/fixtures/programs.ts";
import { marketForEachTest } from "../../test/market.ts";
import { accountOf, next, type Requester, startNode, temporaryFolder } from "../../test/network.ts";
import { connectChain } from "../chain/connectChain.ts";
import type { NodeEventName, NodeEvents } from "../kernel/events.ts";
import { watchProgress } from "../kernel/progress.ts";
import { readinessOf } from "../observe/readiness.ts";
import { createBlockWatch } from "./blockWatch.ts";
import { createNode } from "./node.ts";

const STALL_MS = 1_000;
let chain: TestChain;
let requester: Requester;
const forTest = marketForEachTest((market) => {
  ({ chain, requester } = market);
});
const hangingUntil = (signal: AbortSignal | undefined) =>
  new Promise<never>((_, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason));
  });

const progressOf = (checks: ReturnType<typeof readinessOf>["checks"]) =>
  checks.find(({ name }) => name === "progress");

describe("a node in which nothing moves says so, in its log and in what it is ready for", () => {
  test("in its start, for want of an answer: with what it waits for, and when it is over", async () => {
    const proxy = await startFaultyRpc(chain.rpcUrl);
    forTest.add(() => proxy.stop());
    const { chain: viemChain, transport } = await connectChain([proxy.url], { requestMs: 30_000 });
    const told: { name: NodeEventName; fields: unknown }[] = [];
    const node = createNode({
      ...{ chain: viemChain, transport, marketplace: chain.marketplace, stallMs: STALL_MS },
      ...{ account: accountOf(chain, 2), network: "local", bootstrap: requester.peer.multiaddrs },
      ...{ dataDir: await temporaryFolder(forTest), pollingIntervalMs: 50 },
      executor: { processes: 1, taskLimitMs: 1_000 },
      policy: { stakeWei: 10n ** 15n },
      onEvent: <Name extends NodeEventName>(name: Name, fields: NodeEvents[Name]) =>
        void told.push({ name, fields }),
    });
    forTest.add(() => node.stop());
    let answer = () => {};
    const waits = new Promise<void>((resolve) => {
      answer = resolve;
    });
    proxy.misbehave(async () => {
      await waits;
      return undefined;
    });
    const starting = node.start();
    await expect
      .poll(() => told)
      .toContainEqual({
        name: "no progress",
        fields: { area: "start", reason: "an answer of the chain", forMs: expect.any(Number) },
      });
    expect(progressOf(readinessOf(undefined, node.stalls).checks)).toMatchObject({
      ok: false,
      problem: expect.stringContaining("an answer of the chain"),
    });
    answer();
    await starting;
    expect(told).toContainEqual({ name: "progress again", fields: { area: "start" } });
    await expect.poll(async () => readinessOf(await node.status()).ready).toBe(true);
  });

  test("in following the chain, when a question gets no answer", async () => {
    const proxy = await startFaultyRpc(chain.rpcUrl);
    forTest.add(() => proxy.stop());
    const { chain: viemChain, transport } = await connectChain([proxy.url], { requestMs: 30_000 });
    const node = await startNode(chain, requester, forTest, {
      ...{ chain: viemChain, transport, stallMs: STALL_MS },
    });
    proxy.misbehave(hanging("eth_getBlockByNumber"));
    expect(await next(node, "no progress")).toMatchObject({ area: "chain" });
    expect(progressOf(readinessOf(undefined, node.stalls).checks)?.ok).toBe(false);
  });

  test("with a batch that it has claimed", async () => {
    let isClaimed = false;
    const node = await startNode(chain, requester, forTest, {
      stallMs: STALL_MS,
      createExecutor(options) {
        const executor = createExecutor(options);
        const run: typeof executor.run = (...task) =>
          isClaimed ? hangingUntil(task[0].signal) : executor.run(...task);
        return { ...executor, run };
      },
    });
    node.events.on("batch claimed", () => {
      isClaimed = true;
    });
    const stalled = next(node, "no progress", ({ area }) => area === "work");
    const claimed = next(node, "batch claimed");
    const job = await requester.market.submitJob({
      ...{ program: echo.wasm, inputs: numbered(2), rewardPerTask: 10n ** 16n, batchSize: 2 },
    });
    await claimed;
    expect((await stalled).reason).toContain(`batch 0 of job ${job.jobId}`);
  });
});

test("a chain without new blocks is noticed by the pace that its blocks had", async () => {
  const told: unknown[] = [];
  const progress = watchProgress({
    stallMs: 50,
    report: (name, fields) => void told.push([name, fields]),
  });
  forTest.add(() => progress.stop());
  const noteHead = createBlockWatch(progress, { isLocal: false });
  noteHead({ number: 8n, timestamp: 1_000 }, { number: 0n, timestamp: 0 });
  await expect.poll(() => progress.stalls).toMatchObject([{ area: "blocks" }]);
  await expect.poll(() => told).toMatchObject([["no progress", { area: "blocks" }]]);
  // Once it is known that a block takes a minute, twenty of them are waited for.
  noteHead({ number: 9n, timestamp: 1_060 }, { number: 8n, timestamp: 1_000 });
  expect(told.at(-1)).toEqual(["progress again", { area: "blocks" }]);
  expect(progress.stalls).toEqual([]);
  const ofOwn = watchProgress({ stallMs: 0, report: () => {} });
  forTest.add(() => ofOwn.stop());
  createBlockWatch(ofOwn, { isLocal: true })(
    { number: 8n, timestamp: 0 },
    { number: 7n, timestamp: 0 },
  );
  expect(ofOwn.stalls).toEqual([]);
});
