// `node examples/inference/docs/generate.ts`: buys 200 images with a liar among the workers and writes what it cost into the README. Tests hold the
// README to the committed figures, and these to a new run.
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { writeBlock } from "../../shared/src/readme/readmeBlock.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
export const README = fileURLToPath(new URL("../README.md", import.meta.url));
/** The line of JSON that the command ended with. */
export const FIGURES = new URL("market.json", import.meta.url);

/** Of that line, what the README shows. */
export interface MarketFigures {
  images: number;
  secondsTotal: number;
  challenges: number;
  disputeMoves: number;
  disputeGas: number;
  slashedWei: string;
  accuracy: number;
  accuracyInFloats: number;
}

export function marketMarkdown(figures: MarketFigures): string {
  const { images, challenges, disputeMoves, disputeGas, slashedWei, secondsTotal } = figures;
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  const disputes =
    challenges === 1
      ? `one dispute of ${disputeMoves} moves`
      : `${challenges} disputes of ${disputeMoves} moves together`;
  return `${images} images took ${secondsTotal.toFixed(0)} s, with ${disputes} that took ${(disputeGas / 1e6).toFixed(1)} million gas. The liar lost ${Number(slashedWei) / 1e18} ETH, and all
${images} results were those that this process computes. ${percent(figures.accuracy)} of the digits were classified right; by the model in floats, ${percent(figures.accuracyInFloats)}.`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const argv = ["--liar", "--json"];
  const line = execFileSync(process.execPath, [MAIN, ...argv], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { files: _, ...figures } = JSON.parse(line.toString());
  await writeFile(FIGURES, `${JSON.stringify(figures)}\n`);
  await writeBlock(README, "market", marketMarkdown(figures));
}
