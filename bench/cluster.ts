/**
 * A cluster that is not left in peace: node processes, each with a data folder and an address of its own, find each other by a name with
 * an A record for each. Jobs are posted while nodes are killed, paused, restarted, scaled down and up. In the end every task has its
 * verified result, and was paid for once. `npm run bench -- cluster --minutes 10 --nodes 12`; `SEED=…` plays the same again.
 */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, freemem, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createPeer, type Peer } from "@assay/network";
import { AssayError, createMarketClient, type MarketClient } from "@assay/sdk";
import { createTestClient, http, parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { startChain, type TestChain } from "../test/fixtures/chain.ts";
import { freePort } from "../test/fixtures/freePort.ts";
import { slowEcho } from "../test/fixtures/programs.ts";
import { seededRandom } from "../test/fixtures/random.ts";
import { ClusterNode, type LogLine } from "./cluster/clusterNode.ts";
import { type Disorder, disturb } from "./cluster/disorder.ts";
import { type Books, type Posted, readBooks } from "./cluster/ledger.ts";
import { type NameServer, startNameServer } from "./cluster/names.ts";
import { quantile } from "./net/processes.ts";

const SERVICE = "nodes.cluster.test";
const BLOCK_SECONDS = 1;
/** The shortest that a Marketplace allows. */
const CHALLENGE_WINDOW_SECONDS = 60;
/** Shorter than some pauses, so that claims are lost to others. */
const SUBMIT_WINDOW_SECONDS = 40;
const TASKS = 12;
const BATCH_SIZE = 3;
/** A node takes a twentieth of a core for itself, and so many bytes with its executor. */
const NODES_A_CORE = 6;
const NODE_BYTES = 500 << 20;
/** How long one block of a result is looked for before its job is asked for again, in milliseconds. */
const FETCH_MS = 10_000;
/** How long the jobs that are posted last may take to be done and paid, in milliseconds. */
const END_MS = 5 * 60_000;

export interface ClusterOptions {
  nodes: number;
  /** How long jobs are posted and nodes disturbed. */
  ms: number;
  seed?: number | undefined;
}

export interface ClusterReport {
  nodes: number;
  jobs: number;
  tasks: number;
  /** Nodes that were killed by SIGKILL. */
  killed: number;
  lost: number;
  paidTwice: number;
  /** From a job's posting until all its results were here. */
  secondsP50: number;
  secondsP99: number;
}

const print = (text: string) => process.stdout.write(`${text}\n`);

export async function runCluster({ nodes: count, ms, seed }: ClusterOptions) {
  const random = seededRandom(seed);
  print(`${count} nodes for ${ms / 1_000} s; SEED=${random.seed}`);
  const folder = await mkdtemp(join(tmpdir(), "assay-cluster-"));
  await using chain = await startChain({ minChallengeWindowSeconds: CHALLENGE_WINDOW_SECONDS });
  await using names = await startNameServer(SERVICE);
  const troubles = new Map<string, number>();
  const onLog = ({ level, msg, step = "", error = "" }: LogLine, { options }: ClusterNode) => {
    if (level !== "error") return;
    const trouble = [msg, step, error].filter(Boolean).join(": ");
    if (!troubles.has(trouble)) print(`${options.name}: ${trouble}`);
    troubles.set(trouble, (troubles.get(trouble) ?? 0) + 1);
  };
  const nodes = await makeNodes(count, { chain, names, folder, onLog });
  // It is there before anybody that it knows.
  const peer = await createPeer({
    ...{ memory: true, network: "local", account: chain.accounts[1] },
    ...{ chainId: chain.chain.id, marketplace: chain.marketplace },
    bootstrap: nodes.map(({ options: { host, port } }) => `/ip4/${host}/tcp/${port}`),
  });
  try {
    for (const node of nodes) {
      node.start();
      await node.started;
    }
    print(`started; ${names.answered} look-ups of ${SERVICE}, load ${loadavg()[0]}`);
    const test = createTestClient({
      ...{ chain: chain.chain, transport: http(chain.rpcUrl) },
      mode: "anvil",
    });
    await test.setIntervalMining({ interval: BLOCK_SECONDS });
    const ending = AbortSignal.timeout(ms);
    const disorder = disturb(nodes, { random, hosts: names.hosts, signal: ending });
    const posted = await postJobs(marketOf(chain, peer), { nodes: count, signal: ending });
    const books = await readBooks(chain, posted);
    const report = reportOf(count, posted, await disorder, books);
    if (report.lost > 0) print(`the logs are in ${folder}`);
    return { report, folder };
  } finally {
    await Promise.all(nodes.map((node) => node.kill()));
    await peer.stop();
  }
}

function reportOf(
  nodes: number,
  posted: readonly Posted[],
  done: Disorder,
  books: Books,
): ClusterReport {
  print(`disorder: ${JSON.stringify(done)}`);
  const { lost, paidTwice, claimed, expired, reverted } = books;
  print(
    `${claimed} claims, ${expired} expired; failed transactions: ${JSON.stringify(reverted)}; load ${loadavg()[0]}`,
  );
  const seconds = posted.flatMap((one) => one.seconds ?? []);
  const at = (share: number) => Number(quantile(seconds, share).toFixed(1));
  return {
    ...{ nodes, jobs: posted.length, tasks: TASKS * posted.length, killed: done.killed },
    ...{ lost, paidTwice, secondsP50: at(0.5), secondsP99: at(0.99) },
  };
}

async function makeNodes(
  count: number,
  {
    chain,
    names,
    folder,
    onLog,
  }: {
    chain: TestChain;
    names: NameServer;
    folder: string;
    onLog: ClusterNode["options"]["onLog"];
  },
): Promise<ClusterNode[]> {
  const port = await freePort("0.0.0.0");
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const key = generatePrivateKey();
      await chain.setBalance(privateKeyToAccount(key).address, parseEther("10"));
      const host = `127.0.1.${i + 1}`;
      names.hosts.add(host);
      const name = `node-${i}`;
      return new ClusterNode({
        ...{ name, host, port, key, onLog, service: SERVICE, nameServer: names.address },
        ...{ rpcUrl: chain.rpcUrl, marketplace: chain.marketplace, dataDir: join(folder, name) },
      });
    }),
  );
}

function marketOf({ chain, rpcUrl, marketplace, accounts }: TestChain, peer: Peer): MarketClient {
  return createMarketClient({
    ...{ chain, transport: http(rpcUrl), marketplace, account: accounts[1] },
    ...{ content: peer.content, announcer: peer.announcer, pollingIntervalMs: 1_000 },
  });
}

/** Posts jobs, half as many at a time as there are nodes, until the signal aborts; then waits for all of them. */
async function postJobs(
  market: MarketClient,
  { nodes, signal }: { nodes: number; signal: AbortSignal },
): Promise<Posted[]> {
  const posted: Posted[] = [];
  const end = new AbortController();
  const waiting = new Set<Promise<void>>();
  const paying: Promise<void>[] = [];
  const atOnce = Math.ceil(nodes / 2);
  while (!signal.aborted) {
    const one = await post(market, posted.length);
    posted.push(one);
    const results = collect(one, end.signal).finally(() => waiting.delete(results));
    waiting.add(results);
    paying.push(
      one.job.settled({ signal: end.signal }).catch((error) => void print(String(error))),
    );
    if (waiting.size >= atOnce) {
      await Promise.race([...waiting, once(signal, "abort")]);
    }
  }
  print(`${posted.length} jobs are posted; waiting for the last ${waiting.size}`);
  const timer = setTimeout(() => end.abort(), END_MS);
  await Promise.allSettled([...waiting, ...paying]);
  clearTimeout(timer);
  return posted;
}

async function post(market: MarketClient, number: number): Promise<Posted> {
  const inputs = Array.from({ length: TASKS }, (_, i) => Buffer.from(`job ${number}, task ${i}`));
  const job = await patiently(() =>
    market.submitJob({
      ...{ program: slowEcho.wasm, inputs, batchSize: BATCH_SIZE },
      ...{ rewardPerTask: parseEther("0.01"), stakePerBatch: parseEther("0.01") },
      submitWindowSeconds: SUBMIT_WINDOW_SECONDS,
      challengeWindowSeconds: CHALLENGE_WINDOW_SECONDS,
    }),
  );
  return { job, inputs, right: new Set() };
}

/** Does what fails for the moment, as where no peer that is there could be told of a program, again. */
async function patiently<T>(act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof AssayError && error.retryable)) throw error;
      print(`not posted yet: ${error.shortMessage}`);
      await sleep(1_000);
    }
  }
}

/** Fetches the results, again and again where a node that has one is away. A wrong one is not counted. */
async function collect(posted: Posted, signal: AbortSignal): Promise<void> {
  const { job, inputs, right } = posted;
  const begunAt = performance.now();
  for (;;) {
    try {
      for await (const result of job.results({ signal, fetchTimeoutMs: FETCH_MS })) {
        const input = inputs[result.position];
        const isRight = result.outcome === "ok" && input && Buffer.from(input).equals(result.bytes);
        if (isRight) right.add(result.position);
        else print(`task ${result.position} of job ${job.jobId}: a wrong result`);
      }
      break;
    } catch (error) {
      if (signal.aborted) break;
      const [reason] = String(error).split("\n");
      print(`job ${job.jobId.slice(0, 10)} is asked for again: ${reason}`);
      await sleep(1_000);
    }
  }
  if (right.size === inputs.length) posted.seconds = (performance.now() - begunAt) / 1_000;
}

/** As many as the machine carries: each takes its share of a core and of memory. */
function carried(): number {
  return Math.max(
    2,
    Math.min(NODES_A_CORE * availableParallelism(), Math.floor(freemem() / NODE_BYTES)),
  );
}

/** `npm run bench -- cluster` */
export async function cluster(): Promise<void> {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: { minutes: { type: "string", default: "10" }, nodes: { type: "string" } },
  });
  const nodes = values.nodes === undefined ? carried() : Number(values.nodes);
  const minutes = Number(values.minutes);
  if (!(minutes > 0 && Number.isInteger(nodes) && nodes >= 2 && nodes <= 250)) {
    throw new RangeError("give --minutes above 0, and 2 to 250 --nodes");
  }
  const { report, folder } = await runCluster({ nodes, ms: 60_000 * minutes });
  if (report.lost === 0) await rm(folder, { recursive: true });
  print(JSON.stringify(report));
}
