/**
 * `npm run example:inference`: an ONNX model as a program, run on images by a marketplace that runs on this machine. A person reads the whole run on
 * stdout; with `--json` that goes to stderr, and stdout has one line of JSON.
 */

import { runCommand } from "../../shared/src/commandLine/runCommand.ts";
import { parseOptions, USAGE } from "./cli/options.ts";

await runCommand(
  async (signal) => {
    const options = parseOptions(process.argv.slice(2));
    if (options.help) {
      process.stdout.write(`${USAGE}\n`);
      return;
    }
    const { runInference } = await import("./cli/runInference.ts");
    await runInference(options, signal);
  },
  { ifTooExpensive: "lower --reward, or make fewer tasks with a larger --group" },
);
