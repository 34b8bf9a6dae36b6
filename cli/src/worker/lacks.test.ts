import { parseEther } from "viem";
import { expect, test } from "vitest";
import type { TestChain } from "../../../test/fixtures/chain.ts";
import { echo, numbered } from "../../../test/fixtures/programs.ts";
import { marketForFile } from "../../../worker/test/market.ts";
import {
  accountOf,
  type Requester,
  startCli,
  temporaryFolder,
  workerArguments,
} from "../../../worker/test/network.ts";

let chain: TestChain;
let requester: Requester;
const forTest = marketForFile((market) => {
  ({ chain, requester } = market);
});

/** Nobody that this test's nodes know of. */
const ARBITER = "0x00000000000000000000000000000000000000A5";

const without = (argv: readonly string[], flag: string) =>
  argv.filter((word, index) => word !== flag && argv[index - 1] !== flag);

test("a worker says what it lacks, in its log, its status, /ready and its metrics", async () => {
  const dataDir = await temporaryFolder(forTest);
  const { argv, environment } = workerArguments(chain, requester, { dataDir, account: 4 });
  const bare = ["--bootstrap", "--stake"].reduce<readonly string[]>(without, argv);
  const node = startCli([...bare, "--metrics-listen", "127.0.0.1:0"], forTest, environment);
  const { url } = await node.line("metrics served");
  await node.line("control socket open");
  const lacks = node.lines.filter(({ msg }) => msg === "node lacks");
  const least = await requester.market.getParameters();
  expect(least.minStakePerBatch).toBe(parseEther("0.001"));
  const problems = {
    stake: expect.stringContaining("start the node with --stake 0.001 or more"),
    arbiter: expect.stringContaining("start the node with --proof <address of the ProofArbiter>"),
    peers: expect.stringContaining("start the node with --bootstrap <multiaddr>"),
  };
  expect(lacks).toMatchObject([
    { level: "warn", what: "stake", problem: problems.stake },
    { level: "warn", what: "arbiter", problem: problems.arbiter },
    { level: "warn", what: "peers", problem: problems.peers },
  ]);

  const ready = await fetch(`${url}/ready`);
  expect(ready.status).toBe(503);
  const { checks } = (await ready.json()) as { checks: { ok: boolean; name: string }[] };
  expect(checks.filter(({ ok }) => !ok)).toEqual([
    { name: "stake", ok: false, problem: problems.stake },
    { name: "arbiter", ok: false, problem: problems.arbiter, isWarning: true },
    { name: "peers", ok: false, problem: problems.peers, isWarning: true },
  ]);

  for (const arbiter of [ARBITER, ARBITER, undefined] as const) {
    const { jobId } = await requester.market.submitJob({
      ...{ program: echo.wasm, inputs: numbered(1), rewardPerTask: parseEther("0.001") },
      ...(arbiter === undefined ? {} : { arbiter, allowUndecidable: true }),
    });
    const code = arbiter === undefined ? "STAKE" : "ARBITER";
    await node.line("job refused", (line) => line.jobId === jobId && line.code === code);
  }
  const metrics = await (await fetch(`${url}/metrics`)).text();
  for (const line of [
    'assay_node_check{check="stake"} 0',
    'assay_node_check{check="arbiter"} 0',
    'assay_jobs_refused_total{reason="arbiter"} 2',
    'assay_jobs_refused_total{reason="stake"} 1',
    "assay_node_ready 0",
  ]) {
    expect(metrics).toContain(line);
  }

  const status = startCli(["worker", "status", "--data-dir", dataDir], forTest);
  expect(await status.exit).toBe(0);
  const rows = status.lines.map(({ msg }) => msg);
  expect(rows).toContainEqual(expect.stringMatching(/^node +runs, and is not ready$/));
  expect(rows).toContainEqual(expect.stringMatching(/^not ready +stake: .*--stake 0\.001/));
  expect(rows).toContainEqual(expect.stringMatching(/^warning +arbiter: .*--arbiter/));
  expect(rows).toContainEqual(expect.stringMatching(/^refused +2 ARBITER, 1 STAKE \(jobs since/));
  const json = startCli(["worker", "status", "--json", "--data-dir", dataDir], forTest);
  await json.exit;
  expect(json.lines).toMatchObject([
    { node: { ready: false, refusals: { ARBITER: 2, STAKE: 1 }, arbiters: [] } },
  ]);
});

test("a worker that lacks nothing says nothing of it", async () => {
  const dataDir = await temporaryFolder(forTest);
  const { argv, environment } = workerArguments(chain, requester, { dataDir, account: 5 });
  const node = startCli([...argv, "--arbiter", ARBITER], forTest, environment);
  await node.line("control socket open");
  expect(node.lines.filter(({ msg }) => msg === "node lacks")).toEqual([]);
  expect(accountOf(chain, 5).address).toBe((await node.line("node started")).address);
});
