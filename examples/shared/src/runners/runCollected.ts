import type { Runner, RunnerParameters } from "@assay/runners";
import type { AbortOptions } from "@assay/sdk";
import { TaskFailedError } from "../programs/taskFailedError.ts";
import { openLocalRunner, type RunnerName } from "./localRunner.ts";

/** A job that makes its inputs and collects its results, wherever its tasks run. */
export interface CollectedJob<Result> extends Pick<RunnerParameters, "program" | "limits"> {
  inputs(): Iterable<Uint8Array>;
  /** Keeps the result of task `position`. Results may come in any order. */
  collect(position: number, result: Uint8Array): unknown;
  /** What came out, once all results are collected. */
  finish(): Result;
}

/**
 * Runs all tasks of a job wherever the runner does, and collects their results.
 * @throws {@link TaskFailedError} when a task ends without a result.
 */
export async function runOnRunner<Result>(
  job: CollectedJob<Result>,
  { runner, signal }: { runner: Runner } & AbortOptions,
): Promise<Result> {
  const { program, limits } = job;
  for await (const result of runner.run({ program, inputs: job.inputs(), limits, signal })) {
    const { position, outcome } = result;
    if (outcome !== "ok") throw new TaskFailedError(`Task ${position}`, outcome);
    job.collect(position, result.bytes);
  }
  return job.finish();
}

/**
 * Runs a job where `--runner` says.
 * @returns the report of the market, if it ran there.
 */
export async function runByName<Report>(
  job: CollectedJob<unknown>,
  {
    name,
    buy,
    signal,
  }: {
    name: RunnerName;
    /** Buys all tasks on the marketplace. */
    buy: () => Promise<Report>;
  } & AbortOptions,
): Promise<Report | undefined> {
  if (name === "market") return buy();
  const runner = openLocalRunner(name);
  await runOnRunner(job, { runner, signal }).finally(() => runner.close());
  return undefined;
}
