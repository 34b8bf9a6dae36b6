/**
 * `npm run example:fl`: federated learning on a marketplace that runs on this machine, or with `--grid` on its cores alone. A person
 * reads the run on stdout; with `--json` that goes to stderr, and stdout has one line of JSON.
 */
import { AssayError, InsufficientBalanceError } from "@assay/sdk";
import { formatEther } from "viem";
import { gridCommand } from "./cli/gridCommand.ts";
import { marketCommand } from "./cli/marketCommand.ts";
import { parseOptions, USAGE } from "./cli/options.ts";

/** Exit codes: 0 done, 1 failed, 2 the command line is wrong, 130 stopped by Ctrl-C. */
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_STOPPED = 130;

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => stop.abort(new DOMException(`stopped by ${signal}`, "AbortError")));
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(`${USAGE}\n`);
  else {
    const stream = options.json ? process.stderr : process.stdout;
    const command = options.grid ? gridCommand : marketCommand;
    const report = await command(options, stream, stop.signal);
    if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  }
} catch (error) {
  if (stop.signal.aborted) {
    process.stderr.write("\nStopped; every process is gone.\n");
    process.exitCode = EXIT_STOPPED;
  } else if (error instanceof InsufficientBalanceError) {
    const { available, needed } = error;
    process.stderr.write(
      `\nThe requester has ${formatEther(available)} ether and the escrow is ${formatEther(needed)} ether: lower --reward or --budget.\n`,
    );
    process.exitCode = EXIT_FAILED;
  } else if (error instanceof AssayError) {
    process.stderr.write(`\n${error.shortMessage}\n`);
    process.exitCode = error.code === "USAGE" ? EXIT_USAGE : EXIT_FAILED;
  } else throw error;
}
