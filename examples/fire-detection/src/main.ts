/**
 * `npm start`: fire detection as a paid job on a marketplace that runs on this machine. A person reads the whole run on stdout; with
 * `--json` that goes to stderr, and stdout has one line of JSON.
 */
import { relative, resolve } from "node:path";
import { AssayError, InsufficientBalanceError } from "@assay/sdk";
import { formatEther } from "viem";
import { type LocalRunReport, runOnLocalnet } from "../../localnet/src/run.ts";
import { createConsoleView, formatReport } from "../../localnet/src/view.ts";
import { TaskFailedError } from "./errors.ts";
import { type Evaluation, evaluate } from "./evaluate.ts";
import { prepareFireJob } from "./job.ts";
import { type FireOptions, parseOptions, USAGE } from "./options.ts";
import { prepareOutputFolder } from "./outputs/outputFolder.ts";
import { type OutputFiles, writeOutputs } from "./outputs/writeOutputs.ts";
import { readScene } from "./scene/readScene.ts";
import type { Scene } from "./scene/scene.ts";
import { makeScene, type SyntheticScene } from "./scene/syntheticScene.ts";
import type { Detections } from "./tiles/detection.ts";

/** Exit codes: 0 done, 1 failed, 2 the command line is wrong, 130 stopped by Ctrl-C. */
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_STOPPED = 130;

interface Outcomes {
  report: LocalRunReport;
  detections: Detections;
  /** Of a synthetic scene, where the truth is known. */
  evaluation: Evaluation | undefined;
  files: OutputFiles;
}

async function run(options: FireOptions, signal: AbortSignal): Promise<void> {
  const started = performance.now();
  const stream = options.json ? process.stderr : process.stdout;
  const scene: Scene | SyntheticScene =
    options.scene === undefined
      ? makeScene({ seed: options.seed })
      : await readScene(options.scene, { ...options, signal });
  await prepareOutputFolder(options.out);
  const job = await prepareFireJob(scene, { tile: options.tile, signal });

  stream.write(
    `\nAssay · fire detection · ${scene.name} · ${scene.width} × ${scene.height} px\n\n`,
  );
  for (const warning of scene.warnings) stream.write(`  note      ${warning}\n`);
  const report = await runOnLocalnet(
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
      port: options.port,
      view: createConsoleView(stream),
      onResult(result) {
        if (result.outcome !== "ok") throw new TaskFailedError(result.position, result.outcome);
        job.collect(result.position, result.bytes);
      },
      signal,
    },
  );

  const detections = job.finish();
  const truth = "truth" in scene ? scene.truth : undefined;
  const evaluation = truth && evaluate(detections.pixels, truth);
  const files = await writeOutputs(
    options.out,
    { scene, detections, tile: options.tile, evaluation },
    { signal },
  );
  const seconds = (performance.now() - started) / 1000;
  stream.write(`\n${describe({ report, detections, evaluation, files })}\n`);
  if (options.json) {
    process.stdout.write(
      `${toJson({ report, detections, evaluation, files }, options, seconds)}\n`,
    );
  }
}

function describe({ report, detections, evaluation, files }: Outcomes): string {
  const found = `${detections.pixels.length} fire pixels`;
  const percent = (share: number | undefined) =>
    share === undefined ? "–" : `${(share * 100).toFixed(1)} %`;
  const quality = evaluation
    ? `, precision ${percent(evaluation.precision)}, recall ${percent(evaluation.recall)}`
    : "";
  const paths = [files.png, files.geojson, files.csv].filter((path) => path !== undefined);
  return [
    formatReport(report),
    `  ${found}${quality}; first verified result after ${report.secondsToFirstResult.toFixed(1)} s, everybody paid after ${report.secondsTotal.toFixed(1)} s`,
    ...paths.map((path) => `  ${shorten(path)}`),
  ].join("\n");
}

/** Amounts of wei do not fit a JSON number: they are strings. */
function toJson(
  { report, detections, evaluation, files }: Outcomes,
  options: FireOptions,
  seconds: number,
): string {
  return JSON.stringify({
    tasks: report.tasks,
    batches: report.batches,
    workers: report.workers.length,
    tile: options.tile,
    escrowWei: String(report.escrowWei),
    paidWei: String(report.paidWei),
    refundWei: String(report.refundWei),
    contractBalanceWei: String(report.contractBalanceWei),
    stakeWei: String(report.owedWei),
    challenges: report.challenges,
    slashedWei: String(report.slashedWei),
    firePixels: detections.pixels.length,
    validPixels: detections.validPixels,
    precision: evaluation?.precision ?? null,
    recall: evaluation?.recall ?? null,
    f1: evaluation?.f1 ?? null,
    gasUsed: String(report.workers.reduce((sum, { gasUsed }) => sum + gasUsed, 0n)),
    secondsToFirstResult: round(report.secondsToFirstResult),
    secondsTotal: round(seconds),
    jobId: report.jobId,
    files: Object.values(files).filter((path) => path !== undefined),
  });
}

const round = (seconds: number) => Math.round(seconds * 100) / 100;

/** Relative to where the person is, where that is shorter. */
function shorten(path: string): string {
  const near = relative(process.cwd(), resolve(path));
  return near.startsWith("..") ? resolve(path) : near;
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
