import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buffer } from "node:stream/consumers";

/** A Kubo daemon of this machine, alone: it knows no other peer, and nobody finds it. */
export interface Kubo {
  readonly version: string;
  /** URL of its RPC API. */
  readonly rpc: string;
  /** URL of its gateway. */
  readonly gateway: string;
  /** Where it listens, with its peer id. */
  readonly multiaddrs: string[];
  /** Runs `ipfs` on it, beside this process: Kubo may need an answer of a peer in it. Returns what it writes. */
  run(args: readonly string[], input?: Uint8Array): Promise<Buffer>;
  stop(): Promise<void>;
}

/** The `ipfs` binary: `KUBO_BINARY`, or the one on the PATH. */
export function kuboBinary(): string | undefined {
  const binary = process.env.KUBO_BINARY || "ipfs";
  return spawnSync(binary, ["version"]).status === 0 ? binary : undefined;
}

/** Starts a daemon with a repository of its own, which is deleted at the end. */
export async function startKubo(binary: string): Promise<Kubo> {
  const repo = await mkdtemp(join(tmpdir(), "assay-kubo-"));
  const env = { ...process.env, IPFS_PATH: repo, IPFS_TELEMETRY: "off" };

  async function run(args: readonly string[], input?: Uint8Array): Promise<Buffer> {
    const child = spawn(binary, args, { env, stdio: ["pipe", "pipe", "inherit"] });
    child.stdin.end(input);
    const [written, [status]] = await Promise.all([buffer(child.stdout), once(child, "exit")]);
    if (status !== 0) throw new Error(`ipfs ${args.join(" ")} failed`);
    return written;
  }

  await run(["init", "--profile=test"]);
  const daemon = spawn(binary, ["daemon"], { env, stdio: ["ignore", "pipe", "inherit"] });
  const exit = once(daemon, "exit");
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  createInterface(daemon.stdout).on("line", (line) => {
    if (line.includes("Daemon is ready")) resolve();
  });
  exit.then(() => reject(new Error("the Kubo daemon ended before it was ready")));
  async function stop(): Promise<void> {
    daemon.kill("SIGTERM");
    await exit;
    await rm(repo, { recursive: true, force: true });
  }
  await ready.catch(async (error) => {
    await rm(repo, { recursive: true, force: true });
    throw error;
  });
  const [, , host, , port] = (await readFile(join(repo, "api"), "utf8")).trim().split("/");
  return {
    version: String(await run(["version", "--number"])).trim(),
    rpc: `http://${host}:${port}`,
    gateway: (await readFile(join(repo, "gateway"), "utf8")).trim(),
    multiaddrs: JSON.parse(String(await run(["id"]))).Addresses,
    run,
    stop,
  };
}
