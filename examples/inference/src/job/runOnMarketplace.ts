import { createConsoleView, type LocalRunReport, runOnLocalnet } from "@assay/devnet";
import { TaskFailedError } from "../../../shared/src/programs/taskFailedError.ts";
import type { InferenceJob } from "./inferenceJob.ts";

export interface MarketOptions {
  /** Wei a task. */
  rewardWei: bigint;
  /** Tasks a batch, at most all. */
  batch: number;
  /** Worker processes. */
  workers: number;
  /** Whether one of them lies. */
  liar: boolean;
  /** Of the local chain; 0 takes any free one. */
  port: number;
  /** The stream that shows the progress. */
  stream: NodeJS.WriteStream;
  signal: AbortSignal;
}

/**
 * Buys all tasks of a job on a marketplace that exists for this run alone, and collects their results.
 * @throws {@link TaskFailedError} when a task ends without a result.
 * @throws {@link LocalnetError} when the network fails or the books do not balance.
 */
export async function runOnMarketplace(
  job: InferenceJob,
  { rewardWei, batch, workers, liar, port, stream, signal }: MarketOptions,
): Promise<LocalRunReport> {
  return runOnLocalnet(
    {
      program: job.program,
      taskCount: job.taskCount,
      inputs: job.inputs(),
      rewardPerTask: rewardWei,
      batchSize: Math.min(batch, job.taskCount),
      limits: job.limits,
    },
    {
      workers,
      withLiar: liar,
      port,
      signal,
      view: createConsoleView(stream),
      onResult(result) {
        const { position, outcome } = result;
        if (outcome !== "ok") throw new TaskFailedError(`Task ${position}`, outcome);
        job.collect(position, result.bytes);
      },
    },
  );
}
