import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Hex } from "viem";

const CLI = fileURLToPath(new URL("../../cli/src/main.mjs", import.meta.url));
const LOOK_UP = fileURLToPath(new URL("lookUp.ts", import.meta.url));

export interface ClusterNodeOptions {
  name: string;
  /** The loopback address that is its machine's. */
  host: string;
  /** Where all nodes listen, each at its own host. */
  port: number;
  /** The name by which nodes find each other, and the server that knows it. */
  service: string;
  nameServer: string;
  rpcUrl: string;
  marketplace: Hex;
  key: Hex;
  dataDir: string;
  /** Called for each line of its log. */
  onLog: (line: LogLine, node: ClusterNode) => void;
}

export interface LogLine {
  level: string;
  msg: string;
  error?: string;
  code?: string;
  step?: string;
}

/** A node as a process, which is ended in all ways there are and started again with the same data folder. */
export class ClusterNode {
  readonly options: ClusterNodeOptions;
  #child: ChildProcess | undefined;
  #isPaused = false;
  #hasStarted = Promise.withResolvers<void>();

  constructor(options: ClusterNodeOptions) {
    this.options = options;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Resolves when the process that was started last follows the chain. */
  get started(): Promise<void> {
    return this.#hasStarted.promise;
  }

  start(): void {
    const { name, host, port, service, nameServer, rpcUrl, marketplace, key, dataDir } =
      this.options;
    const child = spawn(
      process.execPath,
      [
        ...["--import", LOOK_UP, CLI, "worker", "start", "--json", "--network", "local"],
        ...["--rpc", rpcUrl, "--polling-interval", "1s", "--marketplace", marketplace],
        ...["--data-dir", dataDir, "--listen", `/ip4/${host}/tcp/${port}`],
        ...["--bootstrap", `/dns4/${service}/tcp/${port}`],
        ...[
          "--stake",
          "1",
          "--processes",
          "1",
          "--batches-at-once",
          "2",
          "--drain-timeout",
          "3m",
          "--drain-until",
          "settled",
        ],
      ],
      {
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, BENCH_DNS: nameServer, ASSAY_PRIVATE_KEY: key },
      },
    );
    if (child.stdout === null) throw new TypeError("no output");
    this.#child = child;
    this.#hasStarted = Promise.withResolvers();
    const log = createWriteStream(`${dataDir}.log`, { flags: "a" });
    createInterface(child.stdout).on("line", (text) => {
      log.write(`${text}\n`);
      if (!text.startsWith("{")) return;
      const line: LogLine = JSON.parse(text);
      if (line.msg === "node started") this.#hasStarted.resolve();
      this.options.onLog(line, this);
    });
    child.once("exit", (code, signal) => {
      log.end();
      if (this.#child === child) this.#child = undefined;
      this.#isPaused = false;
      if (code !== 0 && signal === null) {
        this.options.onLog({ level: "error", msg: `${name} ended with ${code}` }, this);
      }
    });
  }

  /** SIGKILL: nothing is finished. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** SIGTERM: finishes what it has claimed, gives its results until it is paid, and ends. */
  async drain(): Promise<void> {
    await this.#end("SIGTERM");
  }

  /** SIGINT: ends now, in order. */
  async stop(): Promise<void> {
    await this.#end("SIGINT");
  }

  pause(): void {
    this.#isPaused = this.#child?.kill("SIGSTOP") ?? false;
  }

  resume(): void {
    this.#isPaused = false;
    this.#child?.kill("SIGCONT");
  }

  async #end(signal: "SIGKILL" | "SIGTERM" | "SIGINT"): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const gone = once(child, "exit");
    child.kill(signal);
    if (this.#isPaused) this.resume();
    await gone;
  }
}
