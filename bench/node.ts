/**
 * What a node takes of a machine, as a process of its own on a local chain: idle for a minute (memory, share of a core), and at its
 * most while it does a job of 100,000 tasks in one batch. A thousand inputs take turns: fetching blocks is the network's time, and the
 * node keeps none of them.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createPeer, type Peer } from "@assay/network";
import { createMarketClient } from "@assay/sdk";
import { bytesToHex, http, parseEther } from "viem";
import { startChain, type TestChain } from "../test/fixtures/chain.ts";
import { startFaultyRpc } from "../test/fixtures/faultyRpc.ts";
import { echo } from "../test/fixtures/programs.ts";
import { costOfLogChecks } from "./logChecks.ts";

const IDLE_MS = 60_000;
const TASKS = 100_000;
const INPUT_BYTES = 1_024;
const DISTINCT = 1_000;
const LOOK_MS = 50;
const MB = 1 << 20;
/** Ticks of a second in /proc. */
const HZ = 100;

const print = (text: string) => process.stdout.write(`${text}\n`);

/** Memory and processor time of a process, its children not counted, from /proc. */
async function statOf(pid: number): Promise<{ rssMb: number; cpuSeconds: number }> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  const rssKb = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
  return { rssMb: (rssKb * 1_024) / MB, cpuSeconds: ticks / HZ };
}

interface Line {
  msg: string;
  [field: string]: unknown;
}

class NodeProcess {
  readonly child: ChildProcess;
  readonly #lines: Line[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(argv: readonly string[], environment: NodeJS.ProcessEnv) {
    const cli = fileURLToPath(new URL("../cli/src/main.mjs", import.meta.url));
    this.child = spawn(process.execPath, [cli, ...argv], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { PATH: process.env.PATH, ...environment },
    });
    if (this.child.stdout === null) throw new TypeError("no output");
    createInterface(this.child.stdout).on("line", (text) => {
      if (!text.startsWith("{")) return;
      const line: Line = JSON.parse(text);
      this.#lines.push(line);
      if (line.msg === "step failed" || line.msg === "job refused") print(text);
      for (const look of this.#waiting) look();
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async line(msg: string): Promise<Line> {
    for (;;) {
      const found = this.#lines.find((line) => line.msg === msg);
      if (found !== undefined) return found;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      await promise;
      this.#waiting.delete(resolve);
    }
  }
}

function startNode(
  chain: TestChain,
  rpcUrl: string,
  { peer, dataDir }: { peer: Peer; dataDir: string },
): NodeProcess {
  const key = chain.accounts[2]?.getHdKey().privateKey;
  if (!key) throw new TypeError("an account without a key");
  return new NodeProcess(
    [
      ...["worker", "start", "--json", "--network", "local", "--rpc", rpcUrl],
      ...["--marketplace", chain.marketplace, "--data-dir", dataDir, "--stake", "1"],
      ...peer.multiaddrs.flatMap((address) => ["--bootstrap", address]),
    ],
    { ASSAY_PRIVATE_KEY: bytesToHex(key) },
  );
}

/** Mean memory and share of a core while nothing happens but blocks. */
async function idle(pid: number): Promise<{ idleRssMb: number; idleCpuShare: number }> {
  const before = await statOf(pid);
  const begunAt = performance.now();
  const looks: number[] = [];
  while (performance.now() - begunAt < IDLE_MS) {
    await sleep(1_000);
    looks.push((await statOf(pid)).rssMb);
  }
  const after = await statOf(pid);
  const seconds = (performance.now() - begunAt) / 1_000;
  return {
    idleRssMb: Math.max(...looks.slice(-10)),
    idleCpuShare: (after.cpuSeconds - before.cpuSeconds) / seconds,
  };
}

export async function node(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "assay-bench-node-"));
  const chain = await startChain();
  const peer = await createPeer({
    ...{ memory: true, network: "local" },
    ...{ chainId: chain.chain.id, marketplace: chain.marketplace },
  });
  const endpoint = await startFaultyRpc(chain.rpcUrl); // which has none, and counts
  const worker = startNode(chain, endpoint.url, { peer, dataDir: join(folder, "data") });
  try {
    await worker.line("node started");
    await sleep(5_000); // what starting leaves behind
    const blocks = setInterval(() => void chain.mine(1), 2_000);
    const { idleRssMb, idleCpuShare } = await idle(worker.pid);
    clearInterval(blocks);
    print(
      `idle: ${idleRssMb.toFixed(0)} MB, ${(100 * idleCpuShare).toFixed(2)} % of a core over ${IDLE_MS / 1_000} s, a block every 2 s`,
    );

    let jobRssMb = 0;
    const watch = setInterval(async () => {
      const { rssMb } = await statOf(worker.pid).catch(() => ({ rssMb: 0 }));
      jobRssMb = Math.max(jobRssMb, rssMb);
    }, LOOK_MS);
    const market = createMarketClient({
      ...{ chain: chain.chain, transport: http(chain.rpcUrl), marketplace: chain.marketplace },
      ...{ account: chain.accounts[1], content: peer.content, announcer: peer.announcer },
      pollingIntervalMs: 100,
    });
    const begunAt = performance.now();
    await market.submitJob({
      program: echo.wasm,
      inputs: (function* () {
        for (let i = 0; i < TASKS; i++) {
          const input = new Uint8Array(INPUT_BYTES);
          new DataView(input.buffer).setUint32(0, i % DISTINCT);
          yield input;
        }
      })(),
      rewardPerTask: parseEther("0.000001"),
      batchSize: TASKS,
      stakePerBatch: parseEther("0.1"),
      submitWindowSeconds: 3_600,
    });
    const postedAt = performance.now();
    const submitted = await Promise.race([
      worker.line("batch submitted"),
      worker.line("job refused").then(({ reason }) => {
        throw new Error(`the job was refused: ${reason}`);
      }),
    ]);
    clearInterval(watch);
    const seconds = (performance.now() - postedAt) / 1_000;
    print(
      `a job of ${TASKS.toLocaleString("en")} tasks (${DISTINCT} inputs of ${INPUT_BYTES} bytes) in batch ${submitted.batch}: ${jobRssMb.toFixed(0)} MB at most; posted in ${((postedAt - begunAt) / 1_000).toFixed(0)} s, fetched, computed and submitted in ${seconds.toFixed(0)} s`,
    );
    const { cpuSeconds } = await statOf(worker.pid);
    const checks = await costOfLogChecks(chain, endpoint.calls, cpuSeconds);
    const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
    print(
      `logs held against the chain: ${checks.requests} requests, ${percent(checks.moreRequestsShare)} more than without (${checks.receiptRequests} for receipts, ${checks.logRequests} for logs over ${checks.heads} heads, which took one each); ${percent(checks.cpuShare)} of the processor's time`,
    );
    print(
      JSON.stringify({
        idleRssMb: Math.round(idleRssMb),
        idleCpuShare: Number(idleCpuShare.toFixed(4)),
        jobRssMb: Math.round(jobRssMb),
        moreRequestsShare: Number(checks.moreRequestsShare.toFixed(4)),
        checksCpuShare: Number(checks.cpuShare.toFixed(4)),
      }),
    );
  } finally {
    const gone = once(worker.child, "exit");
    worker.child.kill("SIGINT");
    await gone;
    await peer.stop();
    await endpoint.stop();
    await chain.stop();
    await rm(folder, { recursive: true });
  }
}
