#!/usr/bin/env node
// JavaScript, so that the cache is there before the first TypeScript: what it has is not translated again, and the translator,
// some 20 MB, is not loaded. A node imports more than a thousand files: keeping their compiled code halves the time to start.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

if (nodeModule.registerHooks === undefined) {
  process.stderr.write(
    `assay: Node.js ${process.versions.node} is too old: install 22.18 or later.\n`,
  );
  process.exit(1);
}

/** A folder of the user's own: whoever can write to it decides what this process runs. */
function cacheFolder() {
  const { NODE_COMPILE_CACHE, CACHE_DIRECTORY, XDG_CACHE_HOME } = process.env;
  if (NODE_COMPILE_CACHE) return NODE_COMPILE_CACHE;
  const folder = join(CACHE_DIRECTORY || XDG_CACHE_HOME || join(homedir(), ".cache"), "assay");
  try {
    for (const path of [dirname(folder), folder]) {
      if (!existsSync(path)) mkdirSync(path, { mode: 0o700 });
    }
    return folder;
  } catch {
    return undefined; // a user without a home: everything is compiled anew
  }
}

/** Loads what a node consists of, in another process and once: this one keeps nothing of what compiling it took. */
function fillCache(folder) {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url)));
  const filled = join(folder, `filled-${version}-${process.version}-${process.arch}`);
  if (existsSync(filled)) return;
  const script = fileURLToPath(new URL("fillCache.mjs", import.meta.url));
  const { status } = spawnSync(process.execPath, [script, folder], { stdio: "ignore" });
  if (status === 0) writeFileSync(filled, "");
}

// What is decided when a process begins: glibc gives each of a dozen threads an arena of its own, of which an idle node carries 30 MB
// along, and V8 lets young objects take 48 MB before it looks at them, of which a node that polls fills 20. So a node begins once
// more, in the same process: nobody notices.
const ARENAS = "MALLOC_ARENA_MAX";
const YOUNG = "--max-semi-space-size=4";
const [node, script, noun, verb] = process.argv;
const isNode = noun === "worker" && verb === "start";
const hasChannel = process.channel !== undefined; // would be lost
const isLean = process.env[ARENAS] !== undefined && process.execArgv.includes(YOUNG);
const folder = cacheFolder();
if (isNode && !hasChannel && folder !== undefined) fillCache(folder);
if (isNode && process.platform === "linux" && process.execve && !isLean && !hasChannel) {
  process.removeAllListeners("warning"); // that execve is experimental; without it nothing is lost but memory
  const rest = process.argv.slice(2);
  process.execve(node, [node, YOUNG, ...process.execArgv, script, ...rest], {
    ...process.env,
    [ARENAS]: process.env[ARENAS] ?? "2",
  });
}

if (folder !== undefined) nodeModule.enableCompileCache(folder);
await import("./main.ts");
