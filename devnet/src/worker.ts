import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { abortable } from "@assay/sdk/concurrency";
import type { NodeRole } from "@assay/worker";
import { formatEther } from "viem";
import type { LocalChain } from "./chain.ts";
import { compileCache } from "./compileCache.ts";
import { LocalnetError } from "./errors.ts";
import type { NodeMessage } from "./forkedNode.ts";
import type { Guard } from "./guard.ts";
import { localKey } from "./localAccount.ts";
import { inOwnGroup, stopProcess } from "./process.ts";

/** One line of a node's log, as it prints it with `--json`. */
export interface NodeLog {
  time: string;
  level: string;
  msg: string;
  [field: string]: unknown;
}

/** A node's process, which has loaded its modules and does nothing yet; or, later, the node. */
export interface LocalNode {
  /**
   * Starts the node, with its own key, stake, database and libp2p host, and resolves when it follows the chain. To be called once.
   *
   * @throws {@link LocalnetError} `WORKER_FAILED` with the node's last words.
   */
  start(options: NodeStart): Promise<void>;
  stop(): Promise<void>;
}

export interface NodeStart {
  chain: LocalChain;
  dataDir: string;
  bootstrap: readonly string[];
  signal?: AbortSignal;
}

/** A node as `assay worker start` runs it… */
const honest = fileURLToPath(new URL("nodeProcess.ts", import.meta.url));
/** …and one that takes the same options and lies about its results. */
const liar = fileURLToPath(new URL("liar.ts", import.meta.url));

/** On SIGTERM a node would first finish what it has claimed. */
const STOP_NOW = "SIGINT";
/** What a node says when somebody else has told it to end. */
const ENDS = new Set(["node draining", "node stopping"]);

/** The plan of a node to start. */
export interface NodePlan {
  name: string;
  /** Index of its account on the chain. */
  account: number;
  roles: readonly NodeRole[];
  /** Its stake as a worker, and as a juror. */
  stakeWei: bigint;
  jurorStakeWei?: bigint;
  /** Share of another worker's batch that it recomputes as an auditor. */
  auditRate?: number;
  /** Whether it changes its results before it commits to them. */
  lies?: boolean;
}

/**
 * Forks a process for a node. Its modules take longer to load than all that it needs to be told, so that it may be forked before there
 * is a chain.
 * @param onLog - hears every line of the node's log.
 * @param onExit - is called if the node ends without being asked to.
 */
export function forkNode(
  plan: NodePlan,
  {
    guard,
    onLog,
    onExit,
  }: {
    guard: Pick<Guard, "watch">;
    onLog: (log: NodeLog) => void;
    onExit: (error: LocalnetError) => void;
  },
): LocalNode {
  const child = fork(plan.lies ? liar : honest, [], {
    ...inOwnGroup,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: {
      ...foreignEnvironment(),
      ...compileCache(),
      ASSAY_PRIVATE_KEY: localKey(plan.account),
    },
  });
  guard.watch(child);

  let isStopping = false;
  const started = Promise.withResolvers<void>();
  started.promise.catch(() => {}); // it may end before anybody waits
  const lastWords: string[] = [];
  const remember = (line: string) => {
    lastWords.push(line);
    if (lastWords.length > 5) lastWords.shift();
  };
  function fail(how: string): void {
    const error = new LocalnetError(
      "WORKER_FAILED",
      `The local network's ${plan.name} ${how}, and everything ends with it: ${lastWords.join(" | ") || "it said nothing"}`,
    );
    started.reject(error);
    if (!isStopping) onExit(error);
    isStopping = true; // told once
  }

  eachLine(child.stdout, (line) => {
    remember(line);
    const log = parseLog(line);
    if (log === undefined) return;
    if (log.msg === "node started") started.resolve();
    onLog(log);
    if (ENDS.has(log.msg)) fail("was told to end");
  });
  eachLine(child.stderr, remember);
  child.once("error", ({ message }) => fail(`did not start (${message})`));
  // Not at its exit: what it said last may come after.
  child.once("close", (code, signal) => fail(`ended by itself (${signal ?? `exit code ${code}`})`));

  return {
    async start({ signal, ...options }) {
      signal?.throwIfAborted();
      child.send({ argv: argumentsOf(plan, options) } satisfies NodeMessage, () => {});
      await (signal === undefined ? started.promise : abortable(started.promise, signal));
    },
    stop() {
      isStopping = true;
      return stopProcess(child, STOP_NOW);
    },
  };
}

function argumentsOf(
  { roles, stakeWei, jurorStakeWei = 0n, auditRate, lies }: NodePlan,
  { chain, dataDir, bootstrap }: NodeStart,
): string[] {
  return [
    ...["--json", "--exit-with-parent", "--roles", roles.join(",")],
    ...["--proof", chain.proof],
    ...(chain.jury === undefined ? [] : ["--jury", chain.jury]),
    // One of the play money is as good as a coin here.
    ...(chain.token === undefined ? [] : ["--token", `${chain.token}@1`]),
    // Stakes are the least there are, and gas is play money: a challenge need not pay for itself here.
    ...(auditRate === undefined
      ? []
      : ["--audit-rate", String(auditRate), "--max-dispute-gas", "1000"]),
    // A liar knows that jurors will find the same again: it appeals from nothing.
    ...(lies ? ["--trust-in-jurors", "0.00001"] : []),
    ...["--rpc", chain.rpcUrl, "--marketplace", chain.marketplace],
    ...["--data-dir", dataDir, "--network", "local", "--listen", "/ip4/127.0.0.1/tcp/0"],
    ...["--stake", formatEther(stakeWei), "--juror-stake", formatEther(jurorStakeWei)],
    ...bootstrap.flatMap((address) => ["--bootstrap", address]),
  ];
}

/** Without Assay's own variables: they configure whoever starts the network, and not its workers. */
function foreignEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("ASSAY_")),
  );
}

function eachLine(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
  let rest = "";
  stream?.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") onLine(line);
  });
}

function parseLog(line: string): NodeLog | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && "msg" in value
      ? (value as NodeLog)
      : undefined;
  } catch {
    return undefined; // not a log line: kept as the node's last words, in case it dies
  }
}
