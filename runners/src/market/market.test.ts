import { createMarketClient, type JobHandle, putBytes } from "@assay/sdk";
import { type Address, http, parseEther } from "viem";
import { describe, expect, test } from "vitest";
import type { TestChain } from "../../../test/fixtures/chain.ts";
import { workBatch } from "../../../test/fixtures/market.ts";
import { echo, numbered } from "../../../test/fixtures/programs.ts";
import { marketForAllTests } from "../../../worker/test/market.ts";
import { accountOf, type Requester, startNode } from "../../../worker/test/network.ts";
import { collect, expected, inputsOf, limits, manifold } from "../../test/contract.ts";
import { type MarketRunnerOptions, marketRunner } from "./marketRunner.ts";

let chain: TestChain;
let requester: Requester;
let proof: Address;
const forTest = marketForAllTests((market) => {
  ({ chain, requester, proof } = market);
});

const open = (options: Partial<MarketRunnerOptions> = {}) =>
  marketRunner({
    ...{ market: requester.market, rewardPerTask: parseEther("0.01") },
    stakePerBatch: parseEther("0.1"),
    ...options,
  });

describe("with a worker on a real chain", () => {
  test("a run is as every runner's, in several jobs", async () => {
    await startNode(chain, requester, forTest);
    const jobs: number[] = [];
    const runner = open({
      ...{ jobTasks: 20, batchSize: 8, onJob: ({ terms }) => void jobs.push(terms.taskCount) },
    });
    const inputs = inputsOf(50);
    const results = await collect(runner.run({ program: manifold.wasm, inputs, limits }));
    expect(results).toEqual(expected(inputs));
    expect(jobs).toEqual([20, 20, 10]);
    expect(await collect(runner.run({ program: manifold.wasm, inputs: [], limits }))).toEqual([]);
  });
});

test("a run that is begun again under its key finds the jobs of the first, and others do not", async () => {
  await startNode(chain, requester, forTest);
  const jobs: string[] = [];
  const runner = open({
    ...{ jobTasks: 3, batchSize: 3, onJob: ({ jobId }) => void jobs.push(jobId) },
  });
  const inputs = inputsOf(5);
  const run = (idempotencyKey: string | undefined, given = inputs) =>
    collect(runner.run({ program: manifold.wasm, inputs: given, limits, idempotencyKey }));
  // The first one dies when it has posted its first job.
  for await (const _ of runner.run({
    ...{ program: manifold.wasm, inputs, limits, idempotencyKey: "monday" },
  })) {
    break;
  }
  expect(await run("monday")).toEqual(expected(inputs));
  expect(await run("monday")).toEqual(expected(inputs));
  expect(jobs).toHaveLength(5);
  expect(new Set(jobs).size).toBe(2);
  await expect(run("monday", inputsOf(3))).rejects.toMatchObject({ code: "JOB_KEY_USED" });
  expect(new Set(jobs).size).toBe(2);
  expect(await run("tuesday")).toEqual(expected(inputs));
  expect(await run(undefined)).toEqual(expected(inputs));
  expect(new Set(jobs).size).toBe(6);
});

describe("an audit", () => {
  /** A worker who gives the empty result for the task at position 1. */
  async function workAsLiar(job: JobHandle): Promise<void> {
    const content = requester.peer.content;
    const liar = createMarketClient({
      ...{ chain: chain.chain, transport: http(chain.rpcUrl), marketplace: chain.marketplace },
      ...{ account: accountOf(chain, 3), content, pollingIntervalMs: 20 },
    });
    await liar.deposit({ amount: parseEther("1") });
    const cid = await putBytes(content, new Uint8Array());
    for (const batch of [0, 1]) {
      await workBatch(liar, job, batch, (entries) => {
        if (batch === 0) entries[1] = { outcome: "ok", cid, byteLength: 0 };
      });
    }
  }

  test.each([true, false])("names what is wrong; it is challenged: %s", async (challenge) => {
    // What a sample and a question wait for: blocks, which this chain makes for transactions alone.
    const blocks = setInterval(() => void chain.mine(1), 200);
    forTest.add(() => clearInterval(blocks));
    const found: unknown[] = [];
    let job: JobHandle | undefined;
    let work: Promise<void> | undefined;
    const runner = open({
      ...{ batchSize: 2, arbiter: proof },
      audit: { rate: 1, challenge, isPlayed: true },
      onAudit: (what) => found.push(what),
      onJob(handle) {
        job = handle;
        work = workAsLiar(handle);
      },
    });
    const inputs = numbered(4);
    const results = await collect(runner.run({ program: echo.wasm, inputs }));
    await work;
    expect(results.map((result) => "bytes" in result && result.bytes.length)).toEqual([6, 0, 6, 6]);
    expect(found).toEqual([{ position: 1 }]);
    const { batches } = (await job?.status()) ?? {};
    expect(batches).toMatchObject(
      challenge ? { questioned: 1, submitted: 1 } : { questioned: 0, submitted: 2 },
    );
  });
});

test("what cannot be bought is told before anything is posted, and what fails after what was bought", async () => {
  let posted = 0;
  const runner = open({ onJob: () => posted++, rewardPerTask: parseEther("1000000") });
  const run = (inputs: AsyncIterable<Uint8Array> | Uint8Array[], program = manifold.wasm) =>
    collect(runner.run({ program, inputs, limits }));
  await expect(run(inputsOf(3), new Uint8Array(8))).rejects.toMatchObject({
    code: "PROGRAM_MALFORMED",
  });
  await expect(run(inputsOf(3))).rejects.toMatchObject({ code: "INSUFFICIENT_BALANCE" });
  await expect(run([new Uint8Array(7 * 65_536)])).rejects.toMatchObject({
    code: "CONTENT_TOO_LARGE",
  });
  await expect(run(["text"] as unknown as Uint8Array[])).rejects.toMatchObject({
    code: "INPUT_INVALID",
  });
  async function* broken() {
    yield* [];
    throw new Error("dry");
  }
  await expect(run(broken())).rejects.toThrow("dry");
  expect(posted).toBe(0);
  await runner.close();
  await expect(run([])).rejects.toMatchObject({ code: "RUNNER_CLOSED" });
});
