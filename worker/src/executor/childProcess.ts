import { type ChildProcess, type ForkOptions, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The child runs as TypeScript from a checkout and as JavaScript from the published package, as this file does. */
const CHILD_FILE = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "child.mts" : "child.mjs", import.meta.url),
);

/**
 * How an executor process is started: under Node's permission model it can read its own file and nothing else, write no
 * file, start no process, thread or add-on; it gets none of our environment, where secrets may be. (`--allow-worker`
 * is left out on purpose: a thread could lift all of this.)
 */
export function sandboxOptions(file: string): ForkOptions {
  return {
    execArgv: [
      "--permission",
      `--allow-fs-read=${file}`,
      "--disallow-code-generation-from-strings",
      "--disable-warning=ExperimentalWarning",
    ],
    env: {},
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  };
}

export function startChild(): ChildProcess {
  return fork(CHILD_FILE, [], sandboxOptions(CHILD_FILE));
}
