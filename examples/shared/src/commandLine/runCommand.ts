import { AssayError, InsufficientBalanceError } from "@assay/sdk";
import { formatEther } from "viem";
import { UsageError } from "./flags.ts";
import { oneLine } from "./oneLine.ts";

/** Exit codes: 0 done, 1 failed, 2 the command line is wrong, 130 stopped by Ctrl-C. */
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_STOPPED = 130;

/**
 * Runs an example as this process's command. Its signal is aborted when the process is told to stop. An {@link AssayError} becomes one
 * line on stderr and an exit code; any other error is a defect and is thrown.
 * @param ifTooExpensive - what to change when the requester cannot pay: `lower --reward`.
 */
export async function runCommand(
  command: (signal: AbortSignal) => Promise<void>,
  { ifTooExpensive }: { ifTooExpensive: string },
): Promise<void> {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => stop.abort(new DOMException(`stopped by ${signal}`, "AbortError")));
  }
  try {
    await command(stop.signal);
  } catch (error) {
    if (stop.signal.aborted) {
      fail("Stopped; every process is gone.", EXIT_STOPPED);
    } else if (error instanceof InsufficientBalanceError) {
      const { available, needed } = error;
      fail(
        `The requester has ${formatEther(available)} ether and the escrow is ${formatEther(needed)} ether: ${ifTooExpensive}.`,
        EXIT_FAILED,
      );
    } else if (error instanceof AssayError) {
      fail(error.shortMessage, error instanceof UsageError ? EXIT_USAGE : EXIT_FAILED);
    } else throw error;
  }
}

function fail(line: string, code: number): void {
  process.stderr.write(`\n${oneLine(line)}\n`);
  process.exitCode = code;
}
