import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { startMarket, workBatch } from "../../../../test/fixtures/market.ts";
import { echo, numbered } from "../../../../test/fixtures/programs.ts";

const readme = await readFile(new URL("../../../README.md", import.meta.url), "utf8");
const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text = ""]) => text);

/** Runs the example that has this in it; what it leaves behind under `result` is returned. */
async function run(part: string, scope: Record<string, unknown>, result = "undefined") {
  const example = examples.find((text) => text.includes(part)) ?? "throw new Error('missing')";
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const names = Object.keys(scope);
  return new AsyncFunction(...names, `${example}\nreturn ${result};`)(...Object.values(scope));
}

test("the examples of quoting, asking why and watching do what they say", async () => {
  await using market = await startMarket();
  const { requester, workers } = market;
  const inputs = numbered(2);
  const order = { program: echo.wasm, inputs };
  const { leastRewardPerTask, escrow } = await run(
    "market.quote",
    { market: requester, ...order },
    "{ leastRewardPerTask, escrow, fees, taskMs }",
  );
  expect(escrow).toBe(2n * leastRewardPerTask);

  const job = await requester.submitJob({ ...order, rewardPerTask: 1n, batchSize: 2 });
  const printed: string[] = [];
  const stop = new AbortController();
  const console = {
    log(line: string) {
      printed.push(line);
      if (line.includes("pays 1 a task")) stop.abort(new Error("enough"));
    },
  };
  await run("job.why()", { job, console });
  expect(printed).toEqual([
    expect.stringMatching(/^REWARD_BELOW_GAS: /),
    expect.stringMatching(/^WORKERS_NOT_ASKED: /),
  ]);

  const { jobId, blockNumber: fromBlock } = job;
  const scope = { market: requester, jobId, fromBlock, console };
  const watching = run("market.watchJobs", { ...scope, signal: stop.signal });
  await expect(watching).rejects.toThrow("enough");
  expect(printed.at(-1)).toBe(`${jobId} pays 1 a task`);

  const unwatch = await run("market.watchBatches", scope, "unwatch");
  await workBatch(workers[0], job, 0);
  await expect.poll(() => printed.slice(3)).toEqual(["batchClaimed 0", "batchSubmitted 0"]);
  unwatch();
});
