/**
 * `npm run example:fl`: federated learning on a marketplace that runs on this machine, or with `--grid` on its cores alone. A person
 * reads the run on stdout; with `--json` that goes to stderr, and stdout has one line of JSON.
 */

import { runCommand } from "../../shared/src/commandLine/runCommand.ts";
import { gridCommand } from "./cli/gridCommand.ts";
import { marketCommand } from "./cli/marketCommand.ts";
import { parseOptions, USAGE } from "./cli/options.ts";

await runCommand(
  async (signal) => {
    const options = parseOptions(process.argv.slice(2));
    if (options.help) {
      process.stdout.write(`${USAGE}\n`);
      return;
    }
    const stream = options.json ? process.stderr : process.stdout;
    const command = options.grid ? gridCommand : marketCommand;
    const report = await command(options, stream, signal);
    if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  },
  { ifTooExpensive: "lower --reward or --budget" },
);
