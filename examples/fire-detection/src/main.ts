/**
 * `npm start` and `npm run example:fire`: fire detection as a paid job on a marketplace that runs on this machine. A person reads
 * the whole run on stdout; with `--json` that goes to stderr, and stdout has one line of JSON.
 */

import { runCommand } from "../../shared/src/commandLine/runCommand.ts";
import { type FireOptions, parseOptions, USAGE } from "./cli/options.ts";

// Each run loads what it needs alone.
async function run(options: FireOptions, signal: AbortSignal): Promise<void> {
  if (options.tiles !== undefined) {
    const { runManyTiles } = await import("./cli/runManyTiles.ts");
    return runManyTiles({ ...options, tiles: options.tiles }, signal);
  }
  if (options.accuracy !== undefined) {
    const { runAccuracy } = await import("./cli/runAccuracy.ts");
    return runAccuracy({ ...options, scenes: options.accuracy }, signal);
  }
  if (options.train) {
    const { runTraining } = await import("./cli/runTraining.ts");
    return runTraining(options, signal);
  }
  if (options.scenes !== undefined) {
    const { runFolder } = await import("./pipeline/runFolder.ts");
    return runFolder({ ...options, scenes: options.scenes }, signal);
  }
  const { runScene } = await import("./cli/runScene.ts");
  return runScene(options, signal);
}

await runCommand(
  async (signal) => {
    const options = parseOptions(process.argv.slice(2));
    if (options.help) process.stdout.write(`${USAGE}\n`);
    else await run(options, signal);
  },
  { ifTooExpensive: "lower --reward, or make fewer tasks with a larger --tile" },
);
