import { createConsoleView, type LocalRunReport, runOnLocalnet } from "@assay/devnet";
import { formatEther } from "viem";
import { TaskFailedError } from "../../../shared/src/programs/taskFailedError.ts";
import type { FireJob } from "./job.ts";

export interface RunOnMarketplaceOptions {
  /** Wei a task; of a job that is paid in a token, units of that. */
  rewardWei: bigint;
  /** Tasks a batch, at most all. */
  batch: number;
  /** Worker processes. */
  workers: number;
  /** What one of the workers does, if it is a liar. */
  liar: "lies" | "bribes-the-jury" | undefined;
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
export async function runOnMarketplace(
  job: FireJob,
  { rewardWei, batch, workers, liar, token, port, stream, signal }: RunOnMarketplaceOptions,
): Promise<LocalRunReport> {
  const bought = {
    program: job.program,
    taskCount: job.taskCount,
    inputs: job.inputs(),
    rewardPerTask: rewardWei,
    batchSize: Math.min(batch, job.taskCount),
    limits: job.limits,
  };
  const options = { workers, withLiar: liar !== undefined, port, signal };
  if (liar === "bribes-the-jury") {
    stream.write(
      "  One batch of it, for a start, where a jury decides that the liar has bribed\n\n",
    );
    const count = bought.batchSize;
    const { liarEarnedWei } = await runOnLocalnet(
      { ...bought, taskCount: count, inputs: Iterator.from(job.inputs()).take(count) },
      // One honest worker is enough to find the lie, and one dispute to show what becomes of it.
      { ...options, workers: 2, arbiter: "jury", view: createConsoleView(stream), onResult() {} },
    );
    stream.write(
      `\n  The liar was paid ${formatEther(liarEarnedWei)} ETH for results that are wrong\n\n  Now all of it, where one step of the task decides\n\n`,
    );
  }
  return runOnLocalnet(bought, {
    ...{ ...options, withToken: token, view: createConsoleView(stream) },
    onResult(result) {
      const { position, outcome } = result;
      if (outcome !== "ok") throw new TaskFailedError(`Task ${position}`, outcome);
      job.collect(position, result.bytes);
    },
  });
}
