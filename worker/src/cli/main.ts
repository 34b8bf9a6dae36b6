#!/usr/bin/env node
import { AssayError } from "@assay/sdk";
import { runCli } from "./cli.ts";

/** Exit codes: 0 done, 1 failed, 2 wrongly called. */
try {
  process.exit(await runCli(process.argv.slice(2), process));
} catch (error) {
  const isOurs = error instanceof AssayError;
  const [message] = (isOurs ? error.shortMessage : String(error)).split("\n");
  process.stderr.write(`assay: ${message}\n`);
  process.exit(isOurs && error.code === "USAGE" ? 2 : 1);
}
