import type { JobHandle, MarketClient } from "@assay/sdk";
import { TaskFailedError } from "../../../shared/src/programs/taskFailedError.ts";
import type { Compute } from "../federation/compute.ts";
import { MAX_RESULT_BYTES, MEMORY_PAGES, type ProgramName } from "../programs/programs.ts";

export interface MarketCompute extends Compute {
  /** Everything posted so far. */
  readonly jobs: readonly JobHandle[];
}

/** Computes on the marketplace. Each call of `run` is a job, cut into as many batches as there are workers. */
export function createMarketCompute({
  market,
  programs,
  rewardWei,
  workers,
  onPosted,
  onResult,
}: {
  market: MarketClient;
  programs: ReadonlyMap<ProgramName, Uint8Array>;
  rewardWei: bigint;
  workers: number;
  onPosted?: () => void;
  onResult?: () => void;
}): MarketCompute {
  const jobs: JobHandle[] = [];
  return {
    jobs,
    async run(name, inputs, { signal } = {}) {
      const program = programs.get(name);
      if (program === undefined) throw new RangeError(`${name} is not loaded`);
      if (inputs.length === 0) return [];
      const { minStakePerBatch } = await market.getParameters();
      const job = await market.submitJob({
        program,
        inputs,
        rewardPerTask: rewardWei,
        stakePerBatch: minStakePerBatch,
        signal,
        memoryPages: MEMORY_PAGES[name],
        maxResultBytes: MAX_RESULT_BYTES,
        batchSize: batchSize(inputs.length, workers),
      });
      jobs.push(job);
      onPosted?.();
      const results: Uint8Array[] = [];
      for await (const result of job.results({ signal })) {
        if (result.outcome !== "ok") {
          throw new TaskFailedError(`Task ${result.position} of ${name}`, result.outcome);
        }
        results[result.position] = result.bytes;
        onResult?.();
      }
      return results;
    },
  };
}

/** Tasks a batch, so that every worker can have a batch. */
export function batchSize(tasks: number, workers: number): number {
  return Math.max(1, Math.ceil(tasks / workers));
}
