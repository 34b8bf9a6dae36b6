import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TaskResult } from "@assay/sdk";
import { parseEther } from "viem";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestChain } from "../../../test/fixtures/chain.ts";
import { longTest, variants } from "../../../test/fixtures/long.ts";
import { echo, endless, numbered, slowEcho } from "../../../test/fixtures/programs.ts";
import { marketForAllTests } from "../../../worker/test/market.ts";
import {
  accountOf,
  isRunning,
  type NodeProcess,
  type Requester,
  startCli,
  temporaryFolder,
  workerArguments,
} from "../../../worker/test/network.ts";

let chain: TestChain;
let requester: Requester;
let dataDir: string;
const forTest = marketForAllTests((market) => {
  ({ chain, requester } = market);
});
beforeEach(async () => {
  dataDir = await temporaryFolder(forTest);
});

const reward = parseEther("0.001");

function startWorker(extra: string[] = []): NodeProcess {
  const { argv, environment } = workerArguments(chain, requester, { dataDir });
  return startCli([...argv, ...extra], forTest, environment);
}

/** Transactions of the worker's account so far, by what they did. */
function transactions(...processes: NodeProcess[]): unknown[] {
  return processes.flatMap(({ lines }) =>
    lines.filter(({ msg }) => msg === "transaction mined").map(({ action }) => action),
  );
}

const nonce = () =>
  requester.market.public.getTransactionCount({ address: accountOf(chain, 2).address });

async function texts(results: AsyncIterable<TaskResult>): Promise<string[]> {
  const list: string[] = [];
  for await (const result of results) {
    list.push(result.outcome === "ok" ? new TextDecoder().decode(result.bytes) : result.outcome);
  }
  return list;
}

describe("killed at any moment, a node carries on where it stood", () => {
  test("in the middle of a batch: what is computed is not computed again", async () => {
    const job = requester.market.submitJob({
      ...{ program: slowEcho.wasm, inputs: numbered(60), rewardPerTask: reward, batchSize: 60 },
    });
    const before = startWorker();
    const { jobId } = await job;
    await before.line("task computed", ({ done }) => Number(done) >= 5);
    before.kill("SIGKILL");
    expect(await before.exit).toBe("SIGKILL");

    const after = startWorker();
    const first = await after.line("task computed");
    expect(Number(first.done)).toBeGreaterThan(5);
    await after.line("batch submitted");
    const handle = await job;
    expect(await texts(handle.results({ ordered: true }))).toEqual(
      numbered(60).map((input) => new TextDecoder().decode(input)),
    );
    await chain.increaseTime(handle.terms.challengeWindowSeconds);
    const { amountWei } = await after.line("credit withdrawn");
    expect(amountWei).toBe(String(60n * reward));
    expect(transactions(before, after)).toEqual([
      ...["deposit", "claim", "submit", "settle", "withdraw"],
    ]);
    expect(await nonce()).toBe(5);
    expect(
      after.lines.filter(({ msg, jobId: of }) => msg === "job discovered" && of === jobId),
    ).toEqual([]);
  });

  longTest("with a claim under way: it is not made twice", async () => {
    const before = startWorker();
    await before.line("node started");
    await chain.setAutomine(false);
    const posted = requester.market.submitJob({
      ...{ program: echo.wasm, inputs: numbered(2), rewardPerTask: reward, batchSize: 2 },
    });
    await expect.poll(pendingOf(1)).toBe(1);
    await chain.mine(1);
    const job = await posted;
    await expect.poll(pendingOf(2)).toBe(1);
    before.kill("SIGKILL");
    await before.exit;

    const after = startWorker();
    await chain.mine(1);
    await chain.setAutomine(true);
    await after.line("batch submitted");
    expect(await texts(job.results({ ordered: true }))).toEqual(["task 0", "task 1"]);
    // Deposit, claim, submit.
    expect(await nonce()).toBe(3);
  });

  /** Transactions of an account that wait to be mined. */
  function pendingOf(index: number): () => Promise<number> {
    const { address } = accountOf(chain, index);
    const { public: node } = requester.market;
    return async () =>
      (await node.getTransactionCount({ address, blockTag: "pending" })) -
      (await node.getTransactionCount({ address, blockTag: "latest" }));
  }
});

describe("a node ends cleanly", () => {
  /** The node's executor processes. */
  async function executors(node: NodeProcess): Promise<number[]> {
    const ps = spawn("ps", ["-o", "pid=,args=", "--ppid", String(node.pid)]);
    let out = "";
    ps.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
    });
    await once(ps, "close");
    // Another of its children is the shell that ends them after a kill.
    const rows = out.split("\n").filter((row) => row.includes("executor/child/"));
    return rows.map((row) => Number.parseInt(row, 10));
  }

  async function busyNode(extra: string[] = []): Promise<NodeProcess> {
    const node = startWorker(extra);
    await node.line("node started");
    await requester.market.submitJob({
      ...{ program: endless.wasm, inputs: numbered(1), rewardPerTask: reward },
    });
    await expect.poll(() => executors(node)).toHaveLength(1);
    return node;
  }

  test.each(variants(["SIGTERM", "SIGINT"] as const))(
    "on %s, with its executor processes",
    async (signal) => {
      const node = await busyNode();
      const [child = 0] = await executors(node);
      node.kill(signal);
      expect(await node.exit).toBe(0);
      expect(node.lines.at(-1)).toMatchObject({ msg: "node stopped" });
      await expect.poll(() => isRunning(child)).toBe(false);
    },
  );

  test("an executor does not outlive a killed node, not even in an endless task", async () => {
    const node = await busyNode(["--task-limit", "1s"]);
    const [child = 0] = await executors(node);
    node.kill("SIGKILL");
    await node.exit;
    await expect.poll(() => isRunning(child)).toBe(false);
  });

  test("when its parent is gone, if it was told so", async () => {
    const { argv, environment } = workerArguments(chain, requester, { dataDir });
    const program = `
      const { spawn } = require("node:child_process");
      const child = spawn(process.execPath, ${JSON.stringify([
        new URL("../main.ts", import.meta.url).pathname,
        ...argv,
        "--exit-with-parent",
      ])}, { stdio: ["ignore", "inherit", "inherit"] });
      console.log("pid " + child.pid);
      setInterval(() => {}, 1000);
    `;
    const parent = spawn(process.execPath, ["-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { PATH: process.env.PATH, ...environment },
    });
    forTest.add(() => parent.kill("SIGKILL"));
    let output = "";
    parent.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    await expect.poll(() => output).toContain('"node started"');
    const pid = Number(/pid (\d+)/.exec(output)?.[1]);
    forTest.add(() => isRunning(pid) && process.kill(pid, "SIGKILL"));
    parent.kill("SIGKILL");
    await expect.poll(() => isRunning(pid)).toBe(false);
  });
});

describe("what is wrong is one clear line", () => {
  async function failure(argv: string[], environment: NodeJS.ProcessEnv = {}) {
    const run = startCli(argv, forTest, environment);
    const code = await run.exit;
    expect(run.stderr.trim().split("\n")).toHaveLength(1);
    return { code, line: run.stderr.trim() };
  }
  const start = (...extra: string[]) => {
    const { argv, environment } = workerArguments(chain, requester, { dataDir });
    return failure([...argv, ...extra], environment);
  };

  test("an account that cannot pay for its stake", async () => {
    expect(await start("--stake", "20000")).toEqual({
      code: 2,
      line: expect.stringContaining("twice"),
    });
    const { argv, environment } = workerArguments(chain, requester, { dataDir });
    const rich = argv.map((value, i) => (argv[i - 1] === "--stake" ? "20000" : value));
    expect(await failure(rich, environment)).toEqual({
      code: 1,
      line: expect.stringMatching(/has 10000 ether and needs 20000 ether/),
    });
  });

  longTest("a chain that does not answer, and one without the contract", async () => {
    const { argv, environment } = workerArguments(chain, requester, { dataDir });
    const swap = (flag: string, to: string) =>
      argv.map((value, i) => (argv[i - 1] === flag ? to : value));
    expect(await failure(swap("--rpc", "http://127.0.0.1:9"), environment)).toEqual({
      code: 1,
      line: expect.stringContaining("check --rpc"),
    });
    const nobody = "0x00000000000000000000000000000000000000A5";
    expect(await failure(swap("--marketplace", nobody), environment)).toEqual({
      code: 1,
      line: expect.stringContaining("check --marketplace"),
    });
  });

  test("a port that is taken", async () => {
    const [taken = ""] = requester.peer.multiaddrs;
    const port = /tcp\/\d+/.exec(taken)?.[0];
    expect(await start("--listen", `/ip4/127.0.0.1/${port}`)).toEqual({
      code: 1,
      line: expect.stringContaining("--listen"),
    });
  });

  longTest("a data folder in use, and one of another account", async () => {
    const node = startWorker();
    await node.line("node started");
    expect(await start()).toEqual({ code: 1, line: expect.stringContaining("--data-dir") });
    node.kill("SIGTERM");
    await node.exit;
    const { argv, environment } = workerArguments(chain, requester, { dataDir, account: 3 });
    expect(await failure(argv, environment)).toEqual({
      code: 1,
      line: expect.stringMatching(/belongs to account 0x.*--data-dir/),
    });
  });

  test("a key that is none is not shown", async () => {
    const keyFile = join(dataDir, "key");
    await writeFile(keyFile, "0x1234secret");
    const { argv } = workerArguments(chain, requester, { dataDir });
    const { code, line } = await failure([...argv, "--key-file", keyFile]);
    expect(code).toBe(2);
    expect(line).toContain("64 hexadecimal digits");
    expect(line).not.toContain("secret");
  });
});

longTest("status shows what a node knows while it runs; its key may come from a file", async () => {
  const { argv, environment } = workerArguments(chain, requester, { dataDir });
  const keyFile = join(dataDir, "key");
  await writeFile(keyFile, `${environment.ASSAY_PRIVATE_KEY}\n`);
  const node = startCli([...argv, "--key-file", keyFile], forTest);
  await node.line("node started");
  await requester.market.submitJob({
    ...{ program: echo.wasm, inputs: numbered(3), rewardPerTask: reward, batchSize: 2 },
  });
  await node.line("batch submitted", ({ batch }) => batch === 0);
  await node.line("batch submitted", ({ batch }) => batch === 1);
  const status = startCli(
    ["worker", "status", "--data-dir", dataDir, "--rpc", chain.rpcUrl, "--json"],
    forTest,
  );
  expect(await status.exit).toBe(0);
  expect(status.lines).toMatchObject([
    {
      account: accountOf(chain, 2).address,
      jobs: { tried: 1 },
      batches: { submitted: 2 },
      stakeWei: String(parseEther("1")),
      creditWei: "0",
    },
  ]);
});
