#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { failureOf } from "./failure.ts";

// A node imports some thousand files: keeping their compiled code halves the time to start.
enableCompileCache();
const { runCli } = await import("./cli.ts");

try {
  process.exit(await runCli(process.argv.slice(2), process));
} catch (error) {
  const { exitCode, line } = failureOf(error);
  process.stderr.write(`assay: ${line}\n`);
  process.exit(exitCode);
}
