import { type BatchState, batchCount, type JobId } from "@assay/sdk";
import { concat, hexToBigInt, keccak256 } from "viem";
import type { PreparedJob } from "../../jobs/prepareJob.ts";
import type { ClaimTurns } from "./claimTurns.ts";
import type { WorkerContext } from "./context.ts";

/** Batches looked at in one call. */
const PAGE = 1_000;

/** A batch that may be claimed. */
export interface OpenBatch {
  batch: number;
  /** Whether another worker has it, and its deadline is over: the claim has to be expired first. */
  isOverdue: boolean;
  /** Milliseconds for which others go first. */
  waitMs: number;
}

export interface OpenBatches {
  /** The open batches of a job in the order in which this node goes for them, read from the chain as far as they are asked for. */
  of(job: Pick<PreparedJob, "jobId" | "terms">, signal: AbortSignal): AsyncGenerator<OpenBatch>;
  /** Whether there was an open batch when last looked, or a claim is overdue by now. */
  mayHave(jobId: JobId): boolean;
  /** Jobs that had none when last looked, and of which a claim is overdue by now. */
  overdue(): JobId[];
  /** A claim expired: there may be one again. */
  reopened(jobId: JobId): void;
  /** Any claim may be undone. */
  reset(): void;
}

/** Remembers pages of batches without an open one, and until when, so that the chain is not asked in vain. */
export function createOpenBatches({
  account,
  client,
  head,
  turns,
}: Pick<WorkerContext, "account" | "client" | "head"> & { turns: ClaimTurns }): OpenBatches {
  /** By page, the first deadline of a claim in it: from then on it is worth a look. */
  const exhausted = new Map<JobId, Map<number, number>>();
  const empty = new Map<JobId, number>();

  const isOver = (second: number) => head().timestamp > second;
  const deadlineOf = ({ status, worker, timestamp }: BatchState) =>
    status === "claimed" && worker !== account ? timestamp : Number.POSITIVE_INFINITY;

  return {
    async *of({ jobId, terms }, signal) {
      const count = batchCount(terms);
      const pages = Math.ceil(count / PAGE);
      // Every worker begins at another page, as it takes the batches of a page in another order.
      const start = Number(hexToBigInt(keccak256(concat([account, jobId]))) % BigInt(pages));
      const done = exhausted.get(jobId) ?? new Map<number, number>();
      exhausted.set(jobId, done);
      await turns.refresh(signal);
      for (let i = 0; i < pages; i++) {
        const page = (start + i) % pages;
        const nextLook = done.get(page);
        if (nextLook !== undefined && !isOver(nextLook)) continue;
        const first = page * PAGE;
        const size = Math.min(PAGE, count - first);
        const states = await client.getBatches({ jobId, first, count: size, signal });
        const open = states.filter(({ status }) => status === "open").map(({ batch }) => batch);
        const deadlines = states.map(deadlineOf);
        if (open.length === 0) done.set(page, Math.min(...deadlines));
        for (const { batch, waitMs } of turns.inOrder(jobId, open)) {
          yield { batch, waitMs, isOverdue: false };
        }
        const overdue = states.filter((_, i) => isOver(deadlines[i] ?? 0));
        const late = overdue.map(({ batch }) => batch);
        for (const { batch, waitMs } of turns.inOrder(jobId, late)) {
          yield { batch, waitMs, isOverdue: true };
        }
      }
      if (done.size === pages) empty.set(jobId, Math.min(...done.values()));
    },
    mayHave: (jobId) => isOver(empty.get(jobId) ?? Number.NEGATIVE_INFINITY),
    overdue: () => [...empty].flatMap(([jobId, deadline]) => (isOver(deadline) ? jobId : [])),
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
