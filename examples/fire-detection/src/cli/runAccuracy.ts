import { formatTable } from "@assay/devnet";
import {
  prepareOutputFolder,
  writeOutputFiles,
} from "../../../shared/src/outputFolder/outputFolder.ts";
import { drawFailures, type Searched } from "../accuracy/failures.ts";
import { CLEAR_FIRES, toMarkdown, toReadmeTable } from "../accuracy/markdown.ts";
import { measureAccuracy, totals } from "../accuracy/measure.ts";
import { plotAccuracy } from "../accuracy/plot.ts";
import { summarise } from "../accuracy/trial.ts";
import { ALGORITHM_NAMES } from "../algorithms/algorithm.ts";
import { round } from "./report.ts";

export interface AccuracyOptions {
  scenes: number;
  /** Folder for `accuracy.json`, `accuracy.md`, `overview.md` (the README's table), `accuracy.png` and `failures.png`. */
  out: string;
  json: boolean;
}

/** Measures every algorithm on synthetic scenes, prints a table and writes the files. */
export async function runAccuracy(
  { scenes, out, json }: AccuracyOptions,
  signal: AbortSignal,
): Promise<void> {
  const started = performance.now();
  const stream = json ? process.stderr : process.stdout;
  await prepareOutputFolder(out);
  stream.write(
    `\nAssay · fire detection · every algorithm on ${scenes} synthetic scenes a sensor\n\n`,
  );
  const tenth = (done: number, of: number) => Math.floor((10 * done) / of);
  const searched: Searched[] = [];
  const scores = await measureAccuracy(scenes, {
    signal,
    onFound: (name, found) => {
      if (name === "learned") searched.push(found);
    },
    onScene: (done, of) => {
      if (tenth(done, of) > tenth(done - 1, of)) stream.write(`  ${done}/${of} scenes\n`);
    },
  });
  const all = totals(scores);
  const rows = ALGORITHM_NAMES.map((name) => {
    const every = summarise(all[name]);
    const clear = summarise(all[name], { ...CLEAR_FIRES, spill: false });
    const figures = [every.precision, every.recall, every.f1, clear.recall, clear.f1];
    return [name, ...figures.map((figure) => figure.toFixed(3))];
  });
  const header = ["algorithm", "precision", "recall", "F1"];
  stream.write(`\n${formatTable([...header, "≥50 m² ≥800 K: recall", "F1 apart"], rows)}\n\n`);
  const files = {
    "accuracy.json": `${JSON.stringify(scores)}\n`,
    "accuracy.md": toMarkdown(scores),
    "overview.md": `${toReadmeTable(scores)}\n`,
    "accuracy.png": await plotAccuracy(scores),
    "failures.png": await drawFailures("the learned detector", searched),
  };
  for (const path of await writeOutputFiles(out, files, { signal })) stream.write(`  ${path}\n`);
  if (!json) return;
  const figures = ALGORITHM_NAMES.map((name) => {
    const clear = summarise(all[name], { ...CLEAR_FIRES, spill: false });
    const strict = summarise(all[name], CLEAR_FIRES);
    const { precision, recall, f1 } = summarise(all[name]);
    return [name, { precision, recall, f1, clearF1: clear.f1, clearStrictF1: strict.f1 }] as const;
  });
  process.stdout.write(
    `${JSON.stringify({ scenes, algorithms: Object.fromEntries(figures), secondsTotal: round((performance.now() - started) / 1000) })}\n`,
  );
}
