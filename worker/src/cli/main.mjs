#!/usr/bin/env node
// JavaScript, so that the cache is there before the first TypeScript: what it has is not translated again, and the translator,
// some 20 MB, is not loaded. A node imports more than a thousand files: keeping their compiled code halves the time to start.
import { enableCompileCache } from "node:module";

// glibc gives each of a dozen threads an arena of its own, of which an idle node carries 30 MB along, and reads how many there may
// be when the process begins. So a node begins once more, in the same process: nobody notices.
const ARENAS = "MALLOC_ARENA_MAX";
const [node, script, noun, verb] = process.argv;
const isNode = noun === "worker" && verb === "start";
const hasChannel = process.channel !== undefined; // would be lost
if (
  isNode &&
  process.platform === "linux" &&
  process.execve &&
  !process.env[ARENAS] &&
  !hasChannel
) {
  process.removeAllListeners("warning"); // that execve is experimental; without it nothing is lost but memory
  const rest = process.argv.slice(2);
  process.execve(node, [node, ...process.execArgv, script, ...rest], {
    ...process.env,
    [ARENAS]: "2",
  });
}

enableCompileCache();
await import("./main.ts");
