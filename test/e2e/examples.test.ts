import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { FIRST_WORKER, startLocalnet, workerPlans } from "@assay/devnet";
import { createAssay } from "assay";
import { bytesToHex, parseEther } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startedThings } from "../../worker/test/network.ts";
import { isLong, longTest } from "../fixtures/long.ts";
import { echo } from "../fixtures/programs.ts";
import { hasCompiler } from "../wasi/toolchains.ts";
import { assayDev } from "./assayDev.ts";
import { ROOT, startRun } from "./processes.ts";

// The small examples, each run as its header says, against one `assay dev`. hello.test.ts has the first.

const examples = join(ROOT, "examples");
const started = startedThings();
afterAll(() => started.end());

async function run(name: string, environment: Record<string, string>, ...args: string[]) {
  const { ended } = startRun(join(examples, name, "src/main.ts"), args, environment);
  const { code, stdout, stderr } = await ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout.trimEnd().split("\n");
}

describe("against assay dev,", () => {
  let environment: Record<string, string>;
  beforeAll(async () => {
    ({ environment } = await assayDev(started, "--workers", "2"));
  });

  test("inputs-from-files counts the lines of its own folder, and of another", async () => {
    const source = join(examples, "inputs-from-files/src/main.ts");
    const lines = (await readFile(source, "utf8")).split("\n").length - 1;
    expect(await run("inputs-from-files", environment)).toEqual([`main.ts ${lines}`]);
    if (!isLong) return;
    const folder = join(ROOT, "docs/decisions");
    const printed = await run("inputs-from-files", environment, folder);
    expect(printed.length).toBe((await readdir(folder)).length);
  });

  longTest("own-program-in-rust counts words", async ({ skip }) => {
    skip(!(await hasCompiler("Rust")), "no compiler for Rust");
    const [measured, ...results] = await run("own-program-in-rust", environment);
    expect(measured).toMatch(/^\d+ bytes; here it takes \d+ fuel$/);
    expect(results).toEqual(["2 a, 2 rose, 1 is", "2 be, 2 to, 1 not, 1 or"]);
  });

  test("erc20 pays in play money", async () => {
    expect(await run("erc20", environment)).toEqual([
      expect.stringMatching(/^1\.5 \w+ are in escrow$/),
      ...["diap", "ni", "snekot"],
    ]);
  });

  test("watch-from-another-process tells of a job that another process posted", async () => {
    const assay = await createAssay({ environment });
    const inputs = [Uint8Array.of(1), Uint8Array.of(2)];
    const { jobId, terms } = await assay.submitJob({
      ...{ program: echo.wasm, inputs, rewardPerTask: 10n ** 15n, batchSize: 1 },
    });
    const printed = await run("watch-from-another-process", environment, jobId);
    expect(printed[0]).toBe(`${jobId}: 2 tasks in 2 batches`);
    for (const type of [
      "jobPosted",
      "batchClaimed 0",
      "batchClaimed 1",
      "batchSubmitted 0",
      "batchSubmitted 1",
    ]) {
      expect(printed.filter((line) => line.endsWith(`: ${type}`))).toHaveLength(1);
    }
    expect(printed.slice(-2).toSorted()).toEqual(["task 0: ok", "task 1: ok"]);
    expect(terms.taskCount).toBe(2);
    await assay.close();
  });

  longTest("audit-and-dispute finds nothing wrong with honest workers", async () => {
    expect(await run("audit-and-dispute", environment)).toEqual(["10 of 40 tasks were run again"]);
  });

  longTest("a job of more than one page of inputs is read by workers page by page", async () => {
    const assay = await createAssay({ environment });
    const tasks = 9_000;
    async function* inputs() {
      for (let i = 0; i < tasks; i++) yield new Uint8Array(Uint32Array.of(i % 50).buffer);
    }
    const job = await assay.submitJob({
      ...{ program: echo.wasm, inputs: inputs(), rewardPerTask: 3n * 10n ** 12n },
    });
    let verified = 0;
    for await (const result of job.results()) {
      if (result.outcome !== "ok") throw new Error(result.outcome);
      expect(new Uint32Array(result.bytes.slice().buffer)).toEqual(
        Uint32Array.of(result.position % 50),
      );
      verified++;
    }
    expect(verified).toBe(tasks);
    await assay.close();
  });
});

longTest("audit-and-dispute brings a lie before the jury", async () => {
  const stop = new AbortController();
  await using network = await startLocalnet({
    ...{ nodes: 4, withJury: true, onFailure: (error) => stop.abort(error) },
    signal: stop.signal,
  });
  const { chain, jury } = network;
  const liars = workerPlans(1, parseEther("10")).map((plan) => ({ ...plan, lies: true }));
  const jurors = [1, 2, 3].map((i) => ({
    ...{ name: `juror-${i}`, account: FIRST_WORKER + i, roles: ["juror"] as const },
    ...{ stakeWei: 0n, jurorStakeWei: parseEther("0.001") },
  }));
  await network.start([...liars, ...jurors]);
  await chain.passTime((await jury?.getParameters())?.epochSeconds ?? 0);
  const printed = await run("audit-and-dispute", {
    ASSAY_RPC: chain.rpcUrl,
    ASSAY_MARKETPLACE: chain.marketplace,
    ASSAY_JURY: chain.jury ?? "",
    ASSAY_BOOTSTRAP: network.peer.multiaddrs[0] ?? "",
    ASSAY_PRIVATE_KEY: bytesToHex(chain.account(1).getHdKey().privateKey ?? new Uint8Array()),
  });
  expect(printed.at(-1)).toBe("10 of 40 tasks were run again");
  const wrong = printed.slice(0, -1);
  expect(wrong.length).toBeGreaterThan(0);
  const { address } = chain.account(FIRST_WORKER);
  for (const line of wrong) {
    expect(line).toMatch(new RegExp(`^task \\d+ of ${address} is wrong, and before the jury$`));
  }
});
