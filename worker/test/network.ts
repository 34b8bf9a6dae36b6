import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createPeer, type Peer } from "@assay/network";
import { createMarketClient, type MarketClient } from "@assay/sdk";
import { bytesToHex, type HDAccount, http } from "viem";
import type { TestChain } from "../../test/fixtures/chain.ts";
import type { NodeEventName, NodeEvents } from "../src/kernel/events.ts";
import { createNode, type WorkerNode } from "../src/node/node.ts";
import type { NodeOptions } from "../src/node/options.ts";

/** What a test has started; ended in the opposite order, whatever became of the test. */
export interface Started {
  add(end: () => unknown): void;
  end(): Promise<void>;
}

export function startedThings(): Started {
  const ends: (() => unknown)[] = [];
  return {
    add: (end) => void ends.push(end),
    async end() {
      for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
    },
  };
}

export async function temporaryFolder(started: Started): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "assay-worker-"));
  started.add(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** What a node needs to know of a chain. */
export type ChainOfNodes = Pick<TestChain, "chain" | "rpcUrl" | "marketplace" | "accounts">;

export interface Requester {
  peer: Peer;
  market: MarketClient;
}

/** Account 1 of the chain, with a peer that others bootstrap from. */
export async function startRequester(chain: ChainOfNodes, started: Started): Promise<Requester> {
  const peer = await createPeer({
    ...{ memory: true, network: "local" },
    ...{ chainId: chain.chain.id, marketplace: chain.marketplace },
  });
  started.add(() => peer.stop());
  const market = createMarketClient({
    ...{ chain: chain.chain, transport: http(chain.rpcUrl), marketplace: chain.marketplace },
    ...{ account: accountOf(chain, 1), content: peer.content, announcer: peer.announcer },
    pollingIntervalMs: 20,
  });
  return { peer, market };
}

export function accountOf({ accounts }: Pick<ChainOfNodes, "accounts">, index: number): HDAccount {
  const account = accounts[index];
  if (account === undefined) throw new RangeError(`no account ${index}`);
  return account;
}

/** A worker node in this process, started; account 2 of the chain unless told otherwise. */
export async function startNode(
  chain: ChainOfNodes,
  { peer }: Requester,
  started: Started,
  { account = 2, ...options }: { account?: number } & Partial<Omit<NodeOptions, "account">> = {},
): Promise<WorkerNode> {
  const node = createNode({
    ...{ chain: chain.chain, transport: http(chain.rpcUrl), marketplace: chain.marketplace },
    ...{ account: accountOf(chain, account), network: "local", bootstrap: peer.multiaddrs },
    ...{ dataDir: options.dataDir ?? (await temporaryFolder(started)), pollingIntervalMs: 50 },
    executor: { processes: 1, taskLimitMs: 1_000 },
    ...options,
    policy: { stakeWei: 10n ** 18n, ...options.policy },
  });
  started.add(() => node.stop());
  await node.start();
  return node;
}

/** The fields of the next event `name` that `matches`. */
export function next<Name extends NodeEventName>(
  node: WorkerNode,
  name: Name,
  matches: (fields: NodeEvents[Name]) => boolean = () => true,
): Promise<NodeEvents[Name]> {
  return new Promise((resolve) => {
    const listener = (fields: NodeEvents[Name]) => {
      if (!matches(fields)) return;
      node.events.off(name, listener as never);
      resolve(fields);
    };
    node.events.on(name, listener as never);
  });
}

export interface LogLine {
  time: string;
  level: string;
  msg: string;
  [field: string]: unknown;
}

export interface NodeProcess {
  readonly pid: number;
  readonly lines: readonly LogLine[];
  /** What it wrote to stderr so far. */
  readonly stderr: string;
  /** The first line (past ones included) with this message that `matches`. */
  line(msg: string, matches?: (line: LogLine) => boolean): Promise<LogLine>;
  kill(signal: NodeJS.Signals): void;
  /** Exit code, or the signal that ended it. */
  readonly exit: Promise<number | NodeJS.Signals>;
}

const cli = fileURLToPath(new URL("../../cli/src/main.mjs", import.meta.url));

/** The `assay` command as a process of its own. */
export function startCli(
  argv: readonly string[],
  started: Started,
  environment: NodeJS.ProcessEnv = {},
  /** A command that runs it, with its own arguments. */
  through: readonly string[] = [],
): NodeProcess {
  const [command = process.execPath, ...rest] = [...through, process.execPath, cli, ...argv];
  const child = spawn(command, rest, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, ...environment },
  });
  const lines: LogLine[] = [];
  const waiting = new Set<() => void>();
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  createInterface(child.stdout).on("line", (text) => {
    lines.push(text.startsWith("{") ? JSON.parse(text) : { time: "", level: "", msg: text });
    for (const look of waiting) look();
  });
  const exit = once(child, "close").then(([code, signal]) => code ?? signal);
  started.add(async () => {
    child.kill("SIGKILL");
    await exit;
  });
  return {
    pid: child.pid ?? 0,
    lines,
    get stderr() {
      return stderr;
    },
    line(msg, matches = () => true) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.find((line) => line.msg === msg && matches(line));
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
        exit.then((how) => reject(new Error(`ended (${how}) before "${msg}": ${stderr}`)));
      });
    },
    kill: (signal) => void child.kill(signal),
    exit,
  };
}

/** Options of `assay worker start` for account `account` of the chain, and its key for the environment. */
export function workerArguments(
  chain: ChainOfNodes,
  { peer }: Requester,
  { dataDir, account = 2 }: { dataDir: string; account?: number },
): { argv: string[]; environment: NodeJS.ProcessEnv } {
  const { privateKey } = accountOf(chain, account).getHdKey();
  if (!privateKey) throw new TypeError("an account without a key");
  return {
    argv: [
      ...["worker", "start", "--json", "--network", "local", "--processes", "1"],
      ...["--rpc", chain.rpcUrl, "--marketplace", chain.marketplace, "--data-dir", dataDir],
      ...["--stake", "1", "--polling-interval", "50ms"],
      ...peer.multiaddrs.flatMap((address) => ["--bootstrap", address]),
    ],
    environment: { ASSAY_PRIVATE_KEY: bytesToHex(privateKey) },
  };
}

/** Processes below `pid`, at any depth, that still run. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
