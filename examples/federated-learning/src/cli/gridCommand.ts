import { availableParallelism } from "node:os";
import {
  prepareOutputFolder,
  writeOutputFiles,
} from "../../../shared/src/outputFolder/outputFolder.ts";
import { attackLabel } from "../attacks/attacks.ts";
import { loadSources } from "../data/loadSources.ts";
import { gridByName, runGrid } from "../grid/grid.ts";
import { startThreads } from "../grid/threads.ts";
import { createBars } from "../outputs/bars.ts";
import { describeLosses, formatGrid } from "../outputs/gridTable.ts";
import { plotGrid } from "../outputs/plot.ts";
import { compileAll } from "../programs/programs.ts";
import type { CommandOptions } from "./options.ts";

/** `--grid`: every rule under every attack. Writes table, picture and JSON, and returns what the last line of `--json` says. */
export async function gridCommand(
  options: CommandOptions,
  stream: NodeJS.WriteStream,
  signal: AbortSignal,
): Promise<object> {
  const started = performance.now();
  const { federation, threads: count } = options;
  await prepareOutputFolder(options.out);
  const { seed, clients, byzantine, rounds, alpha } = federation;
  const { name, ...sources } = await loadSources({ ...options, seed, signal });
  const programs = await compileAll({ signal });
  await using threads = startThreads({ count, programs, sources });
  const seeds = Array.from({ length: options.seeds }, (_, i) => seed + i);
  const { rule, seed: _, attack: __, ...base } = federation;
  const what = `${name} · ${clients} clients, ${byzantine} Byzantine · Dirichlet ${alpha} · ${rounds} rounds · ${seeds.length} seeds`;
  stream.write(`\nAssay · federated learning · ${what}\n\n`);
  stream.write(
    `  ${count} threads on ${availableParallelism()} cores; ${options.validate ? "measured on held-out training data" : "measured on the test data"}\n`,
  );
  const bars = createBars(stream);
  const cells = await runGrid(threads, {
    base,
    f: rule.f ?? 0,
    seeds,
    signal,
    every: Math.max(1, Math.floor(rounds / 10)),
    holdOut: options.validate ? "test" : "nothing",
    onProgress: (done, of) => bars.update([{ label: "trainings done", done, of }]),
  });
  bars.close();
  const losses = describeLosses(cells);
  const grid = gridByName(cells);
  const failed = cells.filter(({ failedRounds }) => failedRounds > 0);
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  const report = {
    data: name,
    federation: { ...base, f: rule.f },
    seeds,
    seconds,
    grid,
    cells,
    losses,
  };
  const files = await writeOutputFiles(
    options.out,
    {
      "grid.json": `${JSON.stringify(report, null, 1)}\n`,
      "grid.png": await plotGrid(cells, what),
    },
    { signal },
  );
  const lines = [
    formatGrid(cells),
    "",
    "  <  clearly (more than 0.01) below the plain mean under the same attack",
    ...losses.map((line) => `  ${line}`),
    ...failed.map(
      ({ aggregator, attack, failedRounds }) =>
        `  ${aggregator} under ${attackLabel(attack)}: ${failedRounds} rounds without an aggregate`,
    ),
    "",
    `  ${seconds.toFixed(1)} s`,
    ...files.map((file) => `  ${file}`),
  ];
  stream.write(`\n${lines.join("\n")}\n`);
  return { data: name, grid, losses, seconds, files };
}
