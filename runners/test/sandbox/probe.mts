/** Stands in the executor child's place and reports what its sandbox allows. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, symlinkSync, writeFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { WASI } from "node:wasi";
import { Worker } from "node:worker_threads";

function attempt(action: () => unknown): unknown {
  try {
    action();
    return "allowed";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

/** A file that is there, so that what refuses it is the sandbox. */
const beside = new URL("../../../test/fixtures/programs.ts", import.meta.url);

const report = {
  "own file": attempt(() => readFileSync(import.meta.filename)),
  "file beside its folder": attempt(() => readFileSync(beside)),
  "/etc/passwd": attempt(() => readFileSync("/etc/passwd")),
  "list of a folder": attempt(() => readdirSync("/")),
  "write to its own file": attempt(() => writeFileSync(import.meta.filename, "")),
  "write elsewhere": attempt(() => writeFileSync("/tmp/assay-sandbox-probe", "x")),
  link: attempt(() => symlinkSync("/etc/passwd", "/tmp/assay-sandbox-probe")),
  process: attempt(() => spawnSync("true")),
  thread: attempt(() => new Worker("0", { eval: true })),
  "add-on": attempt(() =>
    process.dlopen({ exports: {} }, createRequire(import.meta.url).resolve("./probe.mts")),
  ),
  WASI: attempt(() => new WASI({ version: "preview1" })),
  code: attempt(() => new Function("return 1")),
  environment: Object.keys(process.env).length,
};
writeSync(3, JSON.stringify(report));
