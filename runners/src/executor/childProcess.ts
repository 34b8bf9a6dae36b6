import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { endWithThis } from "./reaper.ts";

/** The child runs as TypeScript from a checkout and as JavaScript from the published package, as this file does. */
const CHILD_FILE = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "child/main.mts" : "child/main.mjs", import.meta.url),
);

/** V8's stack in KiB. Twice its default, which already is twice what a program's depth limit comes to. */
const STACK_KIB = 2_000;

/**
 * How an executor process is started: under Node's permission model it can read its own folder and nothing else, write no
 * file, start no process, thread or add-on; it gets none of our environment, where secrets may be. (`--allow-worker`
 * is left out on purpose: a thread could lift all of this.)
 * @param exchange - descriptor of the file with large inputs, if there is one.
 */
export function sandbox(
  file: string,
  exchange: number | "ignore",
): { args: string[]; options: SpawnOptions } {
  return {
    args: [
      "--permission",
      `--allow-fs-read=${fileURLToPath(new URL(".", pathToFileURL(file)))}`,
      "--disallow-code-generation-from-strings",
      "--disable-warning=ExperimentalWarning",
      `--stack-size=${STACK_KIB}`,
      file,
    ],
    // In the places of CHANNEL_FD and EXCHANGE_FD.
    options: { env: {}, stdio: ["ignore", "ignore", "pipe", "pipe", exchange] },
  };
}

export function startChild(exchange: number | "ignore"): ChildProcess {
  const { args, options } = sandbox(CHILD_FILE, exchange);
  const child = spawn(process.execPath, args, options);
  preferAsVictim(child);
  endWithThis(child);
  return child;
}

/** When memory runs out, Linux ends this process first and not the node: a dead child is replaced. */
export function preferAsVictim({ pid }: ChildProcess): void {
  if (process.platform !== "linux" || pid === undefined) return;
  // A sandbox around the node may forbid it.
  writeFile(`/proc/${pid}/oom_score_adj`, "1000").catch(() => {});
}

/** Resolves with how the child ended, once it is gone and everything that it had written was read. */
export function whenGone(child: ChildProcess, onError: (error: Error) => void): Promise<string> {
  return new Promise((resolve) => {
    child.once("close", (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.on("error", (error) => {
      onError(error);
      // It did not start, and so will not close.
      if (child.pid === undefined) resolve("it did not start");
    });
  });
}
