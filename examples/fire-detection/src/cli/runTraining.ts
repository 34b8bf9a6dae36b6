import { readFile } from "node:fs/promises";
import { formatCount } from "@assay/devnet";
import { prepareOutputFolder, writeOutput } from "../../../shared/src/outputFolder/outputFolder.ts";
import { LEARNED_FILE } from "../algorithms/learnedWeights.ts";
import { learnDetector, TRAINING_SEEDS } from "../training/learnDetector.ts";
import { round } from "./report.ts";

export interface TrainingOptions {
  /** Folder for `learned.json`. */
  out: string;
  json: boolean;
}

/** Trains the learned detector anew, writes what its program is compiled with, and says whether it is what the repository has. */
export async function runTraining(
  { out, json }: TrainingOptions,
  signal: AbortSignal,
): Promise<void> {
  const started = performance.now();
  const stream = json ? process.stderr : process.stdout;
  await prepareOutputFolder(out);
  stream.write(
    `\nAssay · fire detection · training on ${TRAINING_SEEDS.count} synthetic scenes\n\n`,
  );
  const detector = await learnDetector({
    signal,
    onCheckpoint: ({ samples, error, weights }) =>
      stream.write(
        `  ${formatCount(samples).padStart(9)} samples, mean error ${error.toFixed(4)}, weights ${weights.slice(0, 16)}…\n`,
      ),
  });
  const data = `${JSON.stringify(detector)}\n`;
  const path = await writeOutput(out, "learned.json", { data, signal });
  const same = data === (await readFile(LEARNED_FILE, "utf8").catch(() => ""));
  stream.write(
    `\n  ${path}\n  ${same ? "the same as" : "NOT the same as"} the committed weights\n`,
  );
  if (!json) return;
  const secondsTotal = round((performance.now() - started) / 1000);
  process.stdout.write(`${JSON.stringify({ same, file: path, secondsTotal })}\n`);
}
