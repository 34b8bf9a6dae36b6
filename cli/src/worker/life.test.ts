import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { parseEther } from "viem";
import { beforeEach, describe, expect, test } from "vitest";
import { startChain, type TestChain } from "../../../test/fixtures/chain.ts";
import { longTest, variants } from "../../../test/fixtures/long.ts";
import { echo, numbered, slowEcho } from "../../../test/fixtures/programs.ts";
import { marketForAllTests } from "../../../worker/test/market.ts";
import {
  accountOf,
  type NodeProcess,
  type Requester,
  startCli,
  startRequester,
  temporaryFolder,
  workerArguments,
} from "../../../worker/test/network.ts";
import { runCommand } from "../../test/callCli.ts";

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

/** A command about the node: its exit code, and the one object that it printed. */
async function ask(argv: string[], environment: NodeJS.ProcessEnv = {}) {
  const { code, lines, stderr } = await runCommand([...argv, "--json"], environment);
  return { code, answer: lines[0], stderr };
}

const messages = (node: NodeProcess, msg: string) => node.lines.filter((line) => line.msg === msg);

/** A node in the middle of the first of two batches, some seconds long each. */
async function nodeAtWork(extra: string[] = []) {
  const node = startWorker(extra);
  const job = await requester.market.submitJob({
    ...{ program: slowEcho.wasm, inputs: numbered(120), rewardPerTask: reward, batchSize: 60 },
  });
  await node.line("task computed");
  return { node, job };
}

describe("drained, a node finishes what it has claimed, claims nothing more, and ends", () => {
  test("on SIGTERM", async () => {
    const { node, job } = await nodeAtWork();
    node.kill("SIGTERM");
    expect(await node.line("node draining")).toMatchObject({ batches: 1 });
    expect(await node.line("node drained")).toMatchObject({ batches: 0 });
    expect(await node.exit).toBe(0);
    expect(messages(node, "batch submitted")).toHaveLength(1);
    expect(messages(node, "batch claimed")).toHaveLength(1);
    expect((await job.status()).batches).toMatchObject({ open: 1, claimed: 0, submitted: 1 });
  });

  test("with --drain-until settled, gives its results and ends when it is paid", async () => {
    const node = startWorker(["--drain-until", "settled"]);
    const job = await requester.market.submitJob({
      ...{ program: echo.wasm, inputs: numbered(2), rewardPerTask: reward, batchSize: 2 },
    });
    await node.line("batch submitted");
    node.kill("SIGTERM");
    expect(await node.line("node draining")).toMatchObject({ batches: 1 });
    let results = 0;
    for await (const _ of job.results()) results++;
    expect(results).toBe(2);
    expect(messages(node, "node drained")).toEqual([]);
    await chain.increaseTime(job.terms.challengeWindowSeconds + 1);
    expect(await node.line("node drained")).toMatchObject({ batches: 0 });
    expect(messages(node, "batch settled")).toHaveLength(1);
    expect(await node.exit).toBe(0);
  });

  test("by a command, which waits for it", async () => {
    const node = startWorker();
    const job = await requester.market.submitJob({
      ...{ program: slowEcho.wasm, inputs: numbered(1_000), rewardPerTask: reward, batchSize: 20 },
    });
    await node.line("batch claimed");
    const { code, answer } = await ask(["worker", "drain", "--data-dir", dataDir]);
    expect({ code, answer }).toMatchObject({ code: 0, answer: { batches: 0 } });
    expect(await node.exit).toBe(0);
    const { batches } = await job.status();
    expect(batches).toMatchObject({
      claimed: 0,
      submitted: messages(node, "batch claimed").length,
    });
    expect(batches.open).toBeGreaterThan(0);
  });

  longTest("but for no longer than it was told; the next start takes the batch up", async () => {
    const { node, job } = await nodeAtWork(["--drain-timeout", "50ms"]);
    node.kill("SIGTERM");
    expect(await node.line("node drained")).toMatchObject({ batches: 1 });
    expect(await node.exit).toBe(0);
    expect((await job.status()).batches).toMatchObject({ claimed: 1, submitted: 0 });
    const again = startWorker();
    await again.line("batch submitted");
    expect(messages(again, "batch claimed")).toEqual([]);
  });

  test.each(variants(["SIGTERM", "SIGINT"] as const))(
    "a second signal, %s, ends it now",
    async (second) => {
      const { node, job } = await nodeAtWork();
      node.kill("SIGTERM");
      await node.line("node draining");
      node.kill(second);
      expect(await node.exit).toBe(0);
      expect(messages(node, "batch submitted")).toEqual([]);
      expect((await job.status()).batches).toMatchObject({ claimed: 1 });
    },
  );
});

longTest("SIGINT ends a node now", async () => {
  const { node } = await nodeAtWork();
  node.kill("SIGINT");
  expect(await node.exit).toBe(0);
  expect(messages(node, "node draining")).toEqual([]);
  expect(node.lines.at(-1)).toMatchObject({ msg: "node stopped" });
});

describe("a running node", () => {
  /** Once its control socket answers. */
  async function runningNode(extra: string[] = []): Promise<NodeProcess> {
    const node = startWorker(extra);
    await node.line("control socket open");
    return node;
  }

  test("tells how it stands, and whom it is connected to", async () => {
    const node = await runningNode();
    const { peerId } = await node.line("node started");
    expect(await ask(["worker", "status", "--data-dir", dataDir])).toMatchObject({
      code: 0,
      answer: {
        account: accountOf(chain, 2).address,
        stakeWei: String(parseEther("1")),
        node: {
          ...{ roles: ["worker"], peerId, isDraining: false, ready: true, peers: 1 },
          disk: { usedBytes: 0, isFull: false },
        },
      },
    });
    const peers = await ask(["net", "peers", "--data-dir", dataDir]);
    expect(peers.answer).toMatchObject({ peers: [{ peerId: requester.peer.peerId }] });
    const net = await ask(["net", "status", "--data-dir", dataDir]);
    expect(net.answer).toMatchObject({ peerId, connections: 1, relayed: 0 });
  });

  test("serves metrics, health and readiness", async () => {
    const node = await runningNode(["--metrics-listen", "127.0.0.1:0", "--metrics-libp2p"]);
    const { url } = await node.line("metrics served");
    const get = async (path: string) => {
      const response = await fetch(`${url}${path}`);
      return { status: response.status, body: await response.text() };
    };
    expect(await get("/health")).toMatchObject({ status: 200 });
    expect(await get("/ready")).toMatchObject({
      status: 200,
      body: expect.stringContaining('"ready":true'),
    });
    await requester.market.submitJob({
      ...{ program: echo.wasm, inputs: numbered(4), rewardPerTask: reward, batchSize: 2 },
    });
    await node.line("batch submitted", ({ batch }) => batch === 0);
    await node.line("batch submitted", ({ batch }) => batch === 1);
    const { status, body } = await get("/metrics");
    expect(status).toBe(200);
    for (const line of [
      "assay_batches_submitted_total 2",
      "assay_tasks_computed_total 4",
      'assay_batches_known{state="submitted"} 2',
      'assay_chain_transactions_total{action="submit"} 2',
      "assay_account_stake_wei 1000000000000000000",
      "assay_p2p_connections 1",
      "assay_chain_followed 1",
      "assay_node_ready 1",
      "assay_batches_turnaround_seconds_count 2",
    ]) {
      expect(body).toContain(`\n${line}\n`);
    }
    expect(body).toMatch(/^libp2p_\w+/m);
    expect(await get("/secrets")).toMatchObject({ status: 404 });
    expect((await fetch(`${url}/metrics`, { method: "POST" })).status).toBe(404);
  });

  longTest("is not ready while the chain is out of reach", async () => {
    const own = await startChain();
    forTest.add(() => own.stop());
    const peer = await startRequester(own, forTest);
    const { argv, environment } = workerArguments(own, peer, { dataDir });
    const node = startCli([...argv, "--metrics-listen", "127.0.0.1:0"], forTest, environment);
    await node.line("control socket open");
    const { url } = await node.line("metrics served");
    expect((await fetch(`${url}/ready`)).status).toBe(200);
    await own.stop();
    await node.line("chain not followed");
    const response = await fetch(`${url}/ready`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      ready: false,
      checks: expect.arrayContaining([
        { name: "chain", ok: false, problem: expect.stringContaining("look at its RPC") },
      ]),
    });
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  longTest("cannot serve metrics on a port that is taken", async () => {
    const port = /tcp\/(\d+)/.exec(requester.peer.multiaddrs[0] ?? "")?.[1];
    const node = startWorker(["--metrics-listen", `127.0.0.1:${port}`]);
    expect(await node.exit).toBe(1);
    expect(node.stderr).toMatch(
      /cannot be served on 127.0.0.1:\d+ \(EADDRINUSE\).*metrics\.listen/,
    );
  });
});

test("with its disk full a node claims nothing, says so, and submits what it has", async () => {
  const node = startWorker(["--disk-quota", "3kB"]);
  const large = Array.from({ length: 3 }, (_, i) => new Uint8Array(1_000).fill(i));
  const job = await requester.market.submitJob({
    ...{ program: echo.wasm, inputs: large, rewardPerTask: reward, batchSize: 1 },
  });
  await node.line("batch submitted");
  await node.line("control socket open");
  // Asked, a node looks at its disk at once.
  await expect
    .poll(async () => (await ask(["worker", "status", "--data-dir", dataDir])).answer?.node)
    .toMatchObject({ ready: false, disk: { quotaBytes: 3_000, isFull: true } });
  await node.line("disk is full");
  const { batches } = await job.status();
  expect(batches).toMatchObject({ claimed: 0 });
  expect(batches.open).toBeGreaterThan(0);
});

test("of a node that does not run, the commands say so", async () => {
  for (const command of [
    ["worker", "drain"],
    ["net", "peers"],
  ]) {
    expect(await ask([...command, "--data-dir", dataDir])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`No node runs with the data folder ${dataDir}`),
    });
  }
});

test("stake goes in, and out again when its time is over", async () => {
  const { argv, environment } = workerArguments(chain, requester, { dataDir });
  const at = argv.indexOf("--rpc");
  const where = argv.slice(at, at + 6);
  const stake = (verb: string, ...more: string[]) =>
    ask(["stake", verb, ...where, ...more], environment);
  const amountWei = String(parseEther("2"));
  expect(await stake("deposit", "--amount", "2")).toMatchObject({ code: 0, answer: { amountWei } });
  expect(await stake("unbond", "--amount", "2")).toMatchObject({ code: 0, answer: { amountWei } });
  expect(await stake("withdraw")).toMatchObject({ code: 1, stderr: expect.any(String) });
  await chain.increaseTime(86_401);
  expect(await stake("status")).toMatchObject({
    code: 0,
    answer: { account: accountOf(chain, 2).address, stakeWei: "0", unbondingWei: amountWei },
  });
  expect(await stake("withdraw")).toMatchObject({ code: 0, answer: { amountWei } });
  expect(await stake("unbond")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("Give --amount"),
  });
});

describe("the database", () => {
  longTest("is backed up while the node writes to it, and the copy runs a node", async () => {
    const { node } = await nodeAtWork();
    const to = join(dataDir, "copy.sqlite");
    expect(await ask(["worker", "backup", "--data-dir", dataDir, "--to", to])).toMatchObject({
      code: 0,
      answer: { to },
    });
    node.kill("SIGKILL");
    await node.exit;
    dataDir = join(dataDir, "restored");
    await mkdir(dataDir);
    await copyFile(to, join(dataDir, "node.sqlite"));
    const restored = startWorker();
    await restored.line("batch submitted");
    expect(messages(restored, "job discovered")).toEqual([]);
  });

  longTest("of a later version is refused by name, and left as it is", async () => {
    const node = startWorker();
    await node.line("node started");
    node.kill("SIGINT");
    await node.exit;
    const database = new SqliteDatabase(join(dataDir, "node.sqlite"));
    const version = database.pragma("user_version", { simple: true }) as number;
    database.pragma(`user_version = ${version + 1}`);
    database.close();
    const old = startWorker();
    expect(await old.exit).toBe(1);
    expect(old.stderr).toContain(
      `The node's database has schema ${version + 1}, and this version knows ${version}: install`,
    );
  });
});
