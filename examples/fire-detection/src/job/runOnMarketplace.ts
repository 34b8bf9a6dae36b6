import { createConsoleView, type LocalRunReport, runOnLocalnet } from "@assay/devnet";
import { TaskFailedError } from "../../../shared/src/programs/taskFailedError.ts";
import type { FireJob } from "./job.ts";

export interface RunOnMarketplaceOptions {
  /** Wei a task; of a job that is paid in a token, units of that. */
  rewardWei: bigint;
  /** Tasks a batch, at most all. */
  batch: number;
  /** Worker processes. */
  workers: number;
  /** Whether one worker returns wrong results. */
  liar: boolean;
  /** Whether the job is paid in an ERC-20 token. */
  token: boolean;
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
export function runOnMarketplace(
  job: FireJob,
  { rewardWei, batch, workers, liar, token, port, stream, signal }: RunOnMarketplaceOptions,
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
      withToken: token,
      port,
      view: createConsoleView(stream),
      onResult(result) {
        const { position, outcome } = result;
        if (outcome !== "ok") throw new TaskFailedError(`Task ${position}`, outcome);
        job.collect(position, result.bytes);
      },
      signal,
    },
  );
}
