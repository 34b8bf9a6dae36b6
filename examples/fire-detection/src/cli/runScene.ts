import { oneLine } from "../../../shared/src/commandLine/oneLine.ts";
import { prepareOutputFolder } from "../../../shared/src/outputFolder/outputFolder.ts";
import { runByName } from "../../../shared/src/runners/runCollected.ts";
import type { Algorithm } from "../algorithms/algorithm.ts";
import { ALGORITHMS } from "../algorithms/algorithms.ts";
import { evaluate } from "../evaluation/evaluate.ts";
import { prepareFireJob } from "../job/job.ts";
import { runOnMarketplace } from "../job/runOnMarketplace.ts";
import { writeOutputs } from "../outputs/writeOutputs.ts";
import type { Scene } from "../scene/scene.ts";
import { openScene } from "./openScene.ts";
import type { FireOptions } from "./options.ts";
import { describe, toJson } from "./report.ts";

/** Searches one scene, on the marketplace or on this machine, and writes and prints what was found. */
export async function runScene(options: FireOptions, signal: AbortSignal): Promise<void> {
  const started = performance.now();
  const stream = options.json ? process.stderr : process.stdout;
  const algorithm = ALGORITHMS[options.algorithm];
  const scene = await openScene(algorithm, { ...options, signal });
  await prepareOutputFolder(options.out);
  const job = await prepareFireJob(scene, { algorithm, tile: options.tile, signal });

  stream.write(`\n${oneLine(title(scene, algorithm))}\n\n`);
  for (const warning of scene.warnings) stream.write(`  note      ${oneLine(warning)}\n`);
  const report = await runByName(job, {
    name: options.runner,
    buy: () => runOnMarketplace(job, { ...options, stream, signal }),
    signal,
  });

  const detections = job.finish();
  const evaluation = scene.truth && evaluate(detections.pixels, scene.truth);
  const contents = { scene, algorithm, detections, tile: options.tile, evaluation };
  const files = await writeOutputs(options.out, contents, { signal });
  const seconds = (performance.now() - started) / 1000;
  const outcomes = { report, tasks: job.taskCount, detections, evaluation, files, seconds };
  stream.write(`\n${describe(outcomes)}\n`);
  if (options.json) process.stdout.write(`${toJson(outcomes, options)}\n`);
}

function title({ name, width, height }: Scene, algorithm: Algorithm): string {
  const by = algorithm.name === "hotmap" ? "" : ` · ${algorithm.citation}`;
  return `Assay · fire detection · ${name} · ${width} × ${height} px${by}`;
}
