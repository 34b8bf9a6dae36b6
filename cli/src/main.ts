import { leaveOutHeliaDefaults, runAsProcess } from "@assay/worker/process";

leaveOutHeliaDefaults();
const { runCli } = await import("./cli.ts");
await runAsProcess(() => runCli(process.argv.slice(2), process));
