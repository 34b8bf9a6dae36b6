import type { JobTerms } from "./job.ts";

type BatchTerms = Pick<JobTerms, "taskCount" | "batchSize">;

/** Number of batches: ⌈taskCount / batchSize⌉. */
export function batchCount({ taskCount, batchSize }: BatchTerms): number {
  return Math.ceil(taskCount / batchSize);
}

/**
 * The tasks of batch `batch`: `first … first + count − 1`.
 *
 * @throws RangeError when the job has no such batch.
 */
export function batchRange(terms: BatchTerms, batch: number): { first: number; count: number } {
  if (!Number.isSafeInteger(batch) || batch < 0 || batch >= batchCount(terms)) {
    throw new RangeError(
      `The job has batches 0 to ${batchCount(terms) - 1}, and no batch ${batch}`,
    );
  }
  const first = batch * terms.batchSize;
  return { first, count: Math.min(terms.batchSize, terms.taskCount - first) };
}
