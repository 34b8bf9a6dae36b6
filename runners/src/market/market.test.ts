import { parseEther } from "viem";
import { describe, expect, test } from "vitest";
import type { TestChain } from "../../../test/fixtures/chain.ts";
import { marketForAllTests } from "../../../worker/test/market.ts";
import { type Requester, startNode } from "../../../worker/test/network.ts";
import { collect, expected, inputsOf, limits, manifold } from "../../test/contract.ts";
import { type MarketRunnerOptions, marketRunner } from "./marketRunner.ts";

let chain: TestChain;
let requester: Requester;
const forTest = marketForAllTests((market) => {
  ({ chain, requester } = market);
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
