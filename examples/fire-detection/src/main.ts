/**
 * `npm start` and `npm run example:fire`: fire detection as a paid job on a marketplace that runs on this machine. A person reads
 * the whole run on stdout; with `--json` that goes to stderr, and stdout has one line of JSON.
 */

import { createConsoleView, type LocalRunReport, runOnLocalnet } from "@assay/devnet";
import { AssayError, InsufficientBalanceError } from "@assay/sdk";
import { formatEther } from "viem";
import { prepareOutputFolder } from "../../shared/src/outputFolder/outputFolder.ts";
import { TaskFailedError } from "../../shared/src/programs/taskFailedError.ts";
import type { Algorithm } from "./algorithms/algorithm.ts";
import { ALGORITHMS } from "./algorithms/algorithms.ts";
import { openScene } from "./cli/openScene.ts";
import { type FireOptions, parseOptions, USAGE } from "./cli/options.ts";
import { describe, toJson } from "./cli/report.ts";
import { evaluate } from "./evaluation/evaluate.ts";
import { type FireJob, prepareFireJob } from "./job/job.ts";
import { runInProcess } from "./job/runInProcess.ts";
import { writeOutputs } from "./outputs/writeOutputs.ts";
import type { Scene } from "./scene/scene.ts";

/** Exit codes: 0 done, 1 failed, 2 the command line is wrong, 130 stopped by Ctrl-C. */
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_STOPPED = 130;

async function run(options: FireOptions, signal: AbortSignal): Promise<void> {
  if (options.tiles !== undefined) {
    const { runManyTiles } = await import("./cli/runManyTiles.ts");
    return runManyTiles({ ...options, tiles: options.tiles }, signal);
  }
  if (options.accuracy !== undefined) {
    const { runAccuracy } = await import("./cli/runAccuracy.ts");
    return runAccuracy({ ...options, scenes: options.accuracy }, signal);
  }
  return runScene(options, signal);
}

async function runScene(options: FireOptions, signal: AbortSignal): Promise<void> {
  const started = performance.now();
  const stream = options.json ? process.stderr : process.stdout;
  const algorithm = ALGORITHMS[options.algorithm];
  const scene = await openScene(algorithm, { ...options, signal });
  await prepareOutputFolder(options.out);
  const job = await prepareFireJob(scene, { algorithm, tile: options.tile, signal });

  stream.write(`\n${title(scene, algorithm)}\n\n`);
  for (const warning of scene.warnings) stream.write(`  note      ${warning}\n`);
  let report: LocalRunReport | undefined;
  if (options.local) await runInProcess(job, { signal });
  else report = await runOnMarketplace(job, options, signal);

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

function runOnMarketplace(
  job: FireJob,
  options: FireOptions,
  signal: AbortSignal,
): Promise<LocalRunReport> {
  return runOnLocalnet(
    {
      program: job.program,
      taskCount: job.taskCount,
      inputs: job.inputs(),
      rewardPerTask: options.rewardWei,
      batchSize: Math.min(options.batch, job.taskCount),
      limits: job.limits,
    },
    {
      workers: options.workers,
      withLiar: options.liar,
      withToken: options.token,
      port: options.port,
      view: createConsoleView(options.json ? process.stderr : process.stdout),
      onResult(result) {
        if (result.outcome !== "ok") {
          throw new TaskFailedError(`Task ${result.position}`, result.outcome);
        }
        job.collect(result.position, result.bytes);
      },
      signal,
    },
  );
}

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => stop.abort(new DOMException(`stopped by ${signal}`, "AbortError")));
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(`${USAGE}\n`);
  else await run(options, stop.signal);
} catch (error) {
  if (stop.signal.aborted) {
    process.stderr.write("\nStopped; every process is gone.\n");
    process.exitCode = EXIT_STOPPED;
  } else if (error instanceof InsufficientBalanceError) {
    const { available, needed } = error;
    process.stderr.write(
      `\nThe requester has ${formatEther(available)} ether and the escrow is ${formatEther(needed)} ether: lower --reward, or make fewer tasks with a larger --tile.\n`,
    );
    process.exitCode = EXIT_FAILED;
  } else if (error instanceof AssayError) {
    process.stderr.write(`\n${error.shortMessage}\n`);
    process.exitCode = error.code === "USAGE" ? EXIT_USAGE : EXIT_FAILED;
  } else {
    throw error;
  }
}
