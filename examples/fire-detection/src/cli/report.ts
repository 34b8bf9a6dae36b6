import type { LocalRunReport } from "@assay/devnet";
import { formatReport } from "@assay/devnet";
import { displayPath } from "../../../shared/src/outputFolder/outputFolder.ts";
import { type Evaluation, formatShare } from "../evaluation/evaluate.ts";
import type { OutputFiles } from "../outputs/writeOutputs.ts";
import type { Detections } from "../tiles/detection.ts";
import type { FireOptions } from "./options.ts";

export interface Outcomes {
  /** Report of the marketplace; undefined for a run on this machine alone. */
  report: LocalRunReport | undefined;
  tasks: number;
  detections: Detections;
  /** Undefined if the truth is not known, as in a scene from a file. */
  evaluation: Evaluation | undefined;
  files: OutputFiles;
  seconds: number;
}

/** The summary of a run, for a person. */
export function describe({ report, detections, evaluation, files, seconds }: Outcomes): string {
  const found = `${detections.pixels.length} fire pixels`;
  const quality = evaluation
    ? `, precision ${formatShare(evaluation.precision)}, recall ${formatShare(evaluation.recall)}; ${evaluation.falsePositives.length} false alarms, ${evaluation.besideFire.length} of them beside a fire`
    : "";
  const when =
    report === undefined
      ? `after ${seconds.toFixed(1)} s, on this machine`
      : `first verified result after ${report.secondsToFirstResult.toFixed(1)} s, everybody paid after ${report.secondsTotal.toFixed(1)} s`;
  const paths = [files.html, files.png, files.geojson, files.csv].filter(
    (path) => path !== undefined,
  );
  return [
    ...(report === undefined ? [] : [formatReport(report)]),
    `  ${found}${quality}; ${when}`,
    ...paths.map((path) => `  ${displayPath(path)}`),
  ].join("\n");
}

/** The summary of a run as one line of JSON. Amounts of wei are strings, because they do not fit a JSON number. */
export function toJson(
  { report, tasks, detections, evaluation, files, seconds }: Outcomes,
  options: FireOptions,
): string {
  return JSON.stringify({
    algorithm: options.algorithm,
    tasks,
    tile: options.tile,
    ...(report === undefined ? {} : marketFigures(report)),
    firePixels: detections.pixels.length,
    validPixels: detections.validPixels,
    unknownPixels: detections.unknownPixels,
    precision: evaluation?.precision ?? null,
    recall: evaluation?.recall ?? null,
    f1: evaluation?.f1 ?? null,
    falseAlarms: evaluation?.falsePositives.length ?? null,
    falseAlarmsBesideFire: evaluation?.besideFire.length ?? null,
    secondsTotal: round(seconds),
    files: Object.values(files).filter((path) => path !== undefined),
  });
}

function marketFigures(report: LocalRunReport) {
  return {
    batches: report.batches,
    workers: report.workers.length,
    escrowWei: String(report.escrowWei),
    paidWei: String(report.paidWei),
    refundWei: String(report.refundWei),
    contractBalanceWei: String(report.contractBalanceWei),
    stakeWei: String(report.owedWei),
    challenges: report.challenges,
    slashedWei: String(report.slashedWei),
    disputeMoves: report.proof.moves,
    disputeGas: String(report.proof.gasUsed),
    gasUsed: String(report.workers.reduce((sum, { gasUsed }) => sum + gasUsed, 0n)),
    secondsToFirstResult: round(report.secondsToFirstResult),
    jobId: report.jobId,
  };
}

export const round = (seconds: number) => Math.round(seconds * 100) / 100;
