import { runAsProcess } from "@assay/worker/process";
import { runCli } from "./cli.ts";

await runAsProcess(() => runCli(process.argv.slice(2), process));
