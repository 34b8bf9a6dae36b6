/**
 * `npm run example:fl`: federated learning on a marketplace that runs on this machine, or with `--runner` and `--grid` on its cores alone. A person
 * reads the run on stdout; with `--json` that goes to stderr, and stdout has one line of JSON.
 */

import { runCommand } from "../../shared/src/commandLine/runCommand.ts";
import { gridCommand } from "./cli/gridCommand.ts";
import { marketCommand } from "./cli/marketCommand.ts";
import { type CommandOptions, parseOptions, USAGE } from "./cli/options.ts";
import { runnerCommand } from "./cli/runnerCommand.ts";

function train(options: CommandOptions, stream: NodeJS.WriteStream, signal: AbortSignal) {
  const { grid, runner } = options;
  if (grid) return gridCommand(options, stream, signal);
  if (runner === "market") return marketCommand(options, stream, signal);
  return runnerCommand({ ...options, runner }, stream, signal);
}

await runCommand(
  async (signal) => {
    const options = parseOptions(process.argv.slice(2));
    if (options.help) {
      process.stdout.write(`${USAGE}\n`);
      return;
    }
    const stream = options.json ? process.stderr : process.stdout;
    const report = await train(options, stream, signal);
    if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  },
  { ifTooExpensive: "lower --reward or --budget" },
);
