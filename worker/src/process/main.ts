/** A node as a process of its own, for programs that start several: takes the options of `assay worker start`. */
import { runAsProcess } from "./runAsProcess.ts";
import { startCommand } from "./start.ts";

await runAsProcess(() =>
  startCommand.run(process.argv.slice(2), {
    environment: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
  }),
);
