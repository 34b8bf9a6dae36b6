/** Stands in the executor child's place and reports what its sandbox allows. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { Worker } from "node:worker_threads";

function attempt(action: () => unknown): unknown {
  try {
    action();
    return "allowed";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

process.send?.({
  "own file": attempt(() => readFileSync(import.meta.filename)),
  "file beside it": attempt(() => readFileSync(new URL("programs.ts", import.meta.url))),
  "/etc/passwd": attempt(() => readFileSync("/etc/passwd")),
  write: attempt(() => writeFileSync("/tmp/assay-sandbox-probe", "x")),
  process: attempt(() => spawnSync("true")),
  thread: attempt(() => new Worker("0", { eval: true })),
  environment: Object.keys(process.env).length,
});
process.disconnect?.();
