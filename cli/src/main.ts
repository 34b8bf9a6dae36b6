import { failureOf } from "../../worker/src/process/failure.ts";
import { leaveOutHeliaDefaults } from "../../worker/src/process/leanModules.ts";

leaveOutHeliaDefaults();
const { runCli } = await import("./cli.ts");

try {
  process.exit(await runCli(process.argv.slice(2), process));
} catch (error) {
  const { exitCode, line } = failureOf(error);
  process.stderr.write(`assay: ${line}\n`);
  process.exit(exitCode);
}
