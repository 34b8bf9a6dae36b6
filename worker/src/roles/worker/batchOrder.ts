import type { JobId } from "@assay/sdk";
import { type Address, concat, keccak256, numberToHex } from "viem";

/**
 * Batches in the order in which `worker` goes for them: by keccak256(worker ‖ job ‖ batch). Every worker has another
 * order, so that many of them seldom meet at the same batch.
 */
export function batchesInOrder(
  worker: Address,
  jobId: JobId,
  batches: readonly number[],
): number[] {
  return batches
    .map((batch) => ({
      batch,
      key: keccak256(concat([worker, jobId, numberToHex(batch, { size: 4 })])),
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ batch }) => batch);
}
