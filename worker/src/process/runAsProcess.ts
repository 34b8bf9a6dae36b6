import { FAILED, failureOf } from "./failure.ts";

/** Runs a command to its end and ends the process with its exit code; an error becomes one line on standard error. */
export async function runAsProcess(command: () => Promise<number>): Promise<never> {
  endWhenUnheard();
  try {
    const exitCode = await command();
    // What was written last may be refused yet.
    await new Promise((resolve) => process.stdout.write("", resolve));
    process.exit(exitCode);
  } catch (error) {
    const { exitCode, line } = failureOf(error);
    process.stderr.write(`assay: ${line}\n`);
    process.exit(exitCode);
  }
}

/** Ends the process when its output cannot be written: silently if its reader is gone, as `head` is. */
function endWhenUnheard(): void {
  const { stdout, stderr } = process;
  stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
    if (stdout.listenerCount("error") > 1) return; // the command sees to it
    if (code !== "EPIPE") stderr.write(`assay: Standard output cannot be written (${code}).\n`);
    process.exit(FAILED);
  });
  // Messages that nobody reads are no reason to end.
  stderr.on("error", () => {});
}
