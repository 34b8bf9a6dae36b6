import { DeadLetterError } from "@assay/queue";
import type { JobId } from "@assay/sdk";
import { withdrawCredit } from "../../account/withdrawCredit.ts";
import type { RefusalReason } from "../../jobs/refusal.ts";
import type { BatchRecord } from "../../store/nodeStore.ts";
import { advance, refuseJob } from "./advance.ts";
import { answerDemands } from "./answerDemands.ts";
import type { createClaiming } from "./claiming.ts";
import { BehindScheduleError, computeBatch } from "./computeBatch.ts";
import type { WorkerContext } from "./context.ts";
import type { createIntake } from "./intake.ts";
import type { Providing } from "./providing.ts";
import { reconcileBatch, reconcileDoubtful } from "./reconcile.ts";
import { ensureDue, expireBatch, releaseBatch, settleDue } from "./settlement.ts";
import type { StepName, StepOf } from "./steps.ts";
import { submitBatch, writeManifest } from "./submitBatch.ts";

type OfBatch = Pick<BatchRecord, "jobId" | "batch">;

/** One try of a step. */
export interface Try {
  /** 1 for the first. */
  attempt: number;
  signal: AbortSignal;
}

export type StepHandlers = {
  readonly [Name in StepName]: (step: StepOf<Name>, attempt: Try) => Promise<void>;
};

/** Of the time to the deadline, what providing and submitting may need, in milliseconds. */
const SUBMIT_MS = 5_000;

/** The handlers of the steps. Each can run again: it begins by checking the state of the batch, or of the job. */
export function createHandlers(
  context: WorkerContext,
  {
    claiming,
    intake,
    providing,
  }: {
    claiming: ReturnType<typeof createClaiming>;
    intake: ReturnType<typeof createIntake>;
    providing: Providing;
  },
) {
  const { executor, head, report, steps, store } = context;
  /** Batches that are computed, to be abandoned when their deadline is over. */
  const active = new Map<AbortController, OfBatch>();

  const secondsLeft = ({ jobId, batch }: OfBatch) =>
    (store.batch(jobId, batch)?.deadline ?? Number.POSITIVE_INFINITY) - head().timestamp;

  /** A task of a claimed batch may take longer than an untried one: half the time that is left for the whole batch. */
  const limitMs = (of: OfBatch) =>
    Math.max(executor.taskLimitMs, Math.min(secondsLeft(of), 86_400) * 500);

  /** Runs `action` until the deadline of the batch; the chain's time then says what becomes of it. */
  async function untilDeadline(
    of: OfBatch,
    signal: AbortSignal,
    action: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    if (secondsLeft(of) < 0) return;
    const over = new AbortController();
    active.set(over, of);
    try {
      await action(AbortSignal.any([signal, over.signal]));
    } catch (error) {
      if (!over.signal.aborted) throw error;
    } finally {
      active.delete(over);
    }
  }

  /** Gives back a claimed batch that cannot be done, and leaves its job alone. */
  function giveUp({ jobId, batch }: OfBatch, reason: string, code: RefusalReason = "OTHER"): void {
    store.atomically(() => {
      refuseJob(context, jobId, { code, reason });
      steps.ensure({ step: "release", jobId, batch });
    });
    report("batch given up", { jobId, batch, reason });
  }

  async function compute(of: StepOf<"compute">, { signal }: Try): Promise<void> {
    const { jobId, batch } = of;
    const known = store.job(jobId);
    if (known === undefined || store.batch(jobId, batch)?.state !== "claimed") return;
    await untilDeadline(of, signal, async (signal) => {
      const job = await context.jobs.get(known, signal);
      const leftMs = () => secondsLeft(of) * 1_000 - SUBMIT_MS;
      try {
        const { taskMs = 0 } = known;
        await computeBatch(context, job, { batch, taskMs, limitMs: limitMs(of), leftMs, signal });
      } catch (error) {
        if (!(error instanceof BehindScheduleError)) throw error;
        giveUp(of, "a batch would not be done in time", "TIME");
        return;
      }
      advance(context, of, "computed");
    });
  }

  async function storeResults(of: StepOf<"store">, { signal }: Try): Promise<void> {
    const terms = termsOf(of.jobId);
    if (terms === undefined || store.batch(of.jobId, of.batch)?.state !== "computed") return;
    await untilDeadline(of, signal, (signal) => writeManifest(context, of, terms, signal));
    void providing.provideSources(of.jobId);
    claiming.wake();
  }

  const termsOf = (jobId: JobId) => store.job(jobId)?.terms;

  const of: StepHandlers = {
    fetch: (step, { signal }) => intake.fetch(step, signal),
    try: (step, { signal }) => intake.try(step, signal),
    claim: (_, { signal }) => claiming.claim(signal),
    compute,
    store: storeResults,
    async submit(step, { attempt, signal }) {
      if (store.batch(step.jobId, step.batch)?.state !== "stored") return;
      const mayBeSent = attempt > 1;
      await untilDeadline(step, signal, (signal) =>
        submitBatch(context, step, { providing, mayBeSent, signal }),
      );
      claiming.wake();
    },
    answer: (step, { signal }) => answerDemands(context, step, signal),
    async release(step, { signal }) {
      await releaseBatch(context, step, signal);
      claiming.wake();
    },
    async expire(step, { signal }) {
      await expireBatch(context, step, signal);
      claiming.wake();
    },
    async reconcile(step, { signal }) {
      await reconcileBatch(context, step, signal);
      ensureDue(context); // no block may come that says so
    },
    async place(_, { signal }) {
      await reconcileDoubtful(context, signal);
      ensureDue(context);
    },
    async settle({ jobId }, { signal }) {
      await settleDue(context, jobId, signal);
      steps.ensure({ step: "withdraw" });
      claiming.wake();
    },
    withdraw: (_, { signal }) => withdrawCredit(context, signal),
  };

  return {
    of,
    giveUp,
    /** Gives up what is computed for a batch whose deadline the chain has passed. */
    abandonOverdue(): void {
      for (const [over, batch] of active) {
        if (secondsLeft(batch) < 0) over.abort(new DeadLetterError("Its deadline is over."));
      }
    },
  };
}
