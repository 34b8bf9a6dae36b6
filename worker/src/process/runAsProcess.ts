import { failureOf } from "./failure.ts";

/** Runs a command to its end and ends the process with its exit code; an error becomes one line on standard error. */
export async function runAsProcess(command: () => Promise<number>): Promise<never> {
  try {
    process.exit(await command());
  } catch (error) {
    const { exitCode, line } = failureOf(error);
    process.stderr.write(`assay: ${line}\n`);
    process.exit(exitCode);
  }
}
