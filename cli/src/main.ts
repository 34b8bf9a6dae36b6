import { runAsProcess } from "@assay/worker/process";
import { runCli } from "./cli.ts";

const { env, stdout, stderr } = process;
// Standard input is opened by who reads it: a node does not.
await runAsProcess(() => runCli(process.argv.slice(2), { env, stdout, stderr }));
