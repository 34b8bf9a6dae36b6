import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { NodeRole } from "@assay/worker";
import type { Address } from "viem";
import { bytesToHex, formatEther } from "viem";
import type { LocalChain } from "./chain.ts";
import { LocalnetError } from "./errors.ts";
import { stopProcess } from "./process.ts";

/** One line of a node's log, as it prints it with `--json`. */
export interface NodeLog {
  time: string;
  level: string;
  msg: string;
  [field: string]: unknown;
}

export interface LocalWorker {
  name: string;
  address: Address;
  stop(): Promise<void>;
}

/** A node as `assay worker start` runs it… */
const honest = fileURLToPath(import.meta.resolve("@assay/worker/process/main"));
/** …and one that takes the same options and lies about its results. */
const liar = fileURLToPath(new URL("liar.ts", import.meta.url));

/** On SIGTERM a node would first finish what it has claimed. */
const STOP_NOW = "SIGINT";

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
 * Starts a worker node as a process of its own, with its own key, stake, database and libp2p host, and waits until
 * it follows the chain.
 * @param onLog - hears every line of the node's log.
 * @param onExit - is called if the node ends without being asked to.
 * @throws {@link LocalnetError} `WORKER_FAILED` with the node's last words.
 */
export async function startWorker({
  plan,
  chain,
  dataDir,
  bootstrap,
  onLog,
  onExit,
  signal,
}: {
  plan: NodePlan;
  chain: LocalChain;
  dataDir: string;
  bootstrap: readonly string[];
  onLog: (log: NodeLog) => void;
  onExit: (error: LocalnetError) => void;
  signal?: AbortSignal;
}): Promise<LocalWorker> {
  const { name, roles, stakeWei, jurorStakeWei = 0n, auditRate } = plan;
  const account = chain.account(plan.account);
  const { privateKey } = account.getHdKey();
  if (privateKey == null) throw new TypeError("the account has no private key");
  const child = fork(
    plan.lies ? liar : honest,
    [
      ...["--json", "--exit-with-parent", "--roles", roles.join(",")],
      ...(chain.jury === undefined ? [] : ["--jury", chain.jury]),
      // One of the play money is as good as a coin here.
      ...(chain.token === undefined ? [] : ["--token", `${chain.token}@1`]),
      // Stakes are the least there are, and gas is play money: a challenge need not pay for itself here.
      ...(auditRate === undefined
        ? []
        : ["--audit-rate", String(auditRate), "--max-dispute-gas", "1000"]),
      // A liar knows that jurors will find the same again: it appeals from nothing.
      ...(plan.lies ? ["--trust-in-jurors", "0.00001"] : []),
      ...["--rpc", chain.rpcUrl, "--marketplace", chain.marketplace],
      ...["--data-dir", dataDir, "--network", "local", "--listen", "/ip4/127.0.0.1/tcp/0"],
      ...["--stake", formatEther(stakeWei), "--juror-stake", formatEther(jurorStakeWei)],
      ...bootstrap.flatMap((address) => ["--bootstrap", address]),
    ],
    {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: { ...foreignEnvironment(), ASSAY_PRIVATE_KEY: bytesToHex(privateKey) },
    },
  );

  let stopping = false;
  const lastWords: string[] = [];
  const remember = (line: string) => {
    lastWords.push(line);
    if (lastWords.length > 5) lastWords.shift();
  };
  const failure = () =>
    new LocalnetError(
      "WORKER_FAILED",
      `Worker ${name} ended by itself: ${lastWords.join(" | ") || "no output"}`,
    );

  await new Promise<void>((resolve, reject) => {
    const onAbort = () => reject(signal?.reason);
    signal?.throwIfAborted();
    signal?.addEventListener("abort", onAbort, { once: true });
    eachLine(child.stdout, (line) => {
      remember(line);
      const log = parseLog(line);
      if (log === undefined) return;
      if (log.msg === "node started") {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }
      onLog(log);
    });
    eachLine(child.stderr, remember);
    child.once("error", reject);
    child.once("exit", () => {
      reject(failure());
      if (!stopping) onExit(failure());
    });
  }).catch(async (error) => {
    stopping = true;
    await stopProcess(child, STOP_NOW);
    throw error;
  });

  return {
    name,
    address: account.address,
    stop() {
      stopping = true;
      return stopProcess(child, STOP_NOW);
    },
  };
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
