import { batchCount, type JobId } from "@assay/sdk";
import { concat, hexToBigInt, keccak256 } from "viem";
import { batchesInOrder } from "./batchOrder.ts";
import type { PipelineContext } from "./context.ts";
import type { PreparedJob } from "./prepareJob.ts";

/** Batches looked at in one call. */
const PAGE = 1_000;

export interface OpenBatches {
  /** The open batches of a job in the order in which this node goes for them, read from the chain as far as they are asked for. */
  of(job: Pick<PreparedJob, "jobId" | "terms">, signal: AbortSignal): AsyncGenerator<number>;
  /** Whether there was an open batch when last looked. */
  mayHave(jobId: JobId): boolean;
  /** A claim expired: there may be one again. */
  reopened(jobId: JobId): void;
  /** Any claim may be undone. */
  reset(): void;
}

/** Remembers in which pages of which jobs there is nothing to be had, so that the chain is not asked in vain. */
export function createOpenBatches({
  account,
  client,
}: Pick<PipelineContext, "account" | "client">): OpenBatches {
  const exhausted = new Map<JobId, Set<number>>();
  const empty = new Set<JobId>();

  return {
    async *of({ jobId, terms }, signal) {
      const count = batchCount(terms);
      const pages = Math.ceil(count / PAGE);
      // Every worker begins at another page, as it takes the batches of a page in another order.
      const start = Number(hexToBigInt(keccak256(concat([account, jobId]))) % BigInt(pages));
      const done = exhausted.get(jobId) ?? new Set();
      exhausted.set(jobId, done);
      for (let i = 0; i < pages; i++) {
        const page = (start + i) % pages;
        if (done.has(page)) continue;
        const first = page * PAGE;
        const size = Math.min(PAGE, count - first);
        const states = await client.getBatches({ jobId, first, count: size, signal });
        const open = states.filter(({ status }) => status === "open").map(({ batch }) => batch);
        if (open.length === 0) done.add(page);
        yield* batchesInOrder(account, jobId, open);
      }
      if (done.size === pages) empty.add(jobId);
    },
    mayHave: (jobId) => !empty.has(jobId),
    reopened(jobId) {
      exhausted.delete(jobId);
      empty.delete(jobId);
    },
    reset() {
      exhausted.clear();
      empty.clear();
    },
  };
}
