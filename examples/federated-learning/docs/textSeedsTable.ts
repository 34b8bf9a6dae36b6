import { formatTable } from "@assay/devnet";
import { createLocalProgram } from "../../shared/src/programs/localProgram.ts";
import { parseOptions } from "../src/cli/options.ts";
import { createLocalCompute } from "../src/federation/compute.ts";
import { prepareFederation } from "../src/federation/prepare.ts";
import { runTraining } from "../src/federation/training.ts";
import { runCell } from "../src/grid/cell.ts";
import { compileAll } from "../src/programs/programs.ts";
import { loadText } from "../src/text/loadText.ts";

const SEEDS = 10;

/** The command's run on sentences with other seeds: other test data, other shards, other liars, other first weights. */
export async function textSeedsTable(argv: readonly string[]): Promise<string> {
  const programs = await compileAll();
  const loaded = new Map([...programs].map(([name, wasm]) => [name, createLocalProgram(wasm)]));
  const evaluate = createLocalProgram(programs.get("evaluate") ?? new Uint8Array());
  const compute = createLocalCompute(loaded);
  const runs: number[][] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { federation: options, ...rest } = parseOptions([...argv, "--seed", String(seed)]);
    const sources = await loadText({ ...rest, seed });
    const cell = (changes: Partial<typeof options>) =>
      runCell(
        compute,
        sources,
        { ...options, rule: { rule: "mean", f: 0 }, ...changes },
        { every: options.rounds, holdOut: "validation" },
      );
    const attackFree = await cell({ attack: "none" });
    const plainMean = await cell({});
    const { rounds } = await runTraining(
      compute,
      evaluate,
      prepareFederation(sources, options, "validation"),
    );
    const robust = rounds.at(-1)?.accuracy ?? 0;
    runs.push([attackFree.accuracy, plainMean.accuracy, robust, attackFree.accuracy - robust]);
    process.stderr.write(`${seed}: ${runs.at(-1)?.join(" ")}\n`);
  }
  const shown = (label: string, figures: readonly number[]) => [
    label,
    ...figures.map((figure) => figure.toFixed(3)),
  ];
  const mean = (column: number) => runs.reduce((sum, run) => sum + (run[column] ?? 0), 0) / SEEDS;
  return formatTable(
    ["seed", "plain mean, nobody lies", "plain mean, under attack", "nnm+trimmed-mean", "lost"],
    [...runs.map((run, i) => shown(String(i + 1), run)), shown("mean", [0, 1, 2, 3].map(mean))],
  );
}
