import { AssayError } from "@assay/sdk";
import { keepingFor } from "../../blocks/keptFor.ts";
import { messageOf } from "../../kernel/report.ts";
import { type OwnBatchState, UNDER_WAY } from "../../store/batchState.ts";
import type { WorkerContext } from "./context.ts";
import type { StepHandlers } from "./handlers.ts";
import { deadLetters, type Lane, laneTag, type Step } from "./steps.ts";

/**
 * Works on the steps that are in the queue until `signal` aborts; what is under way then goes back to it. The node is the only one on
 * its database.
 */
export function runSteps(
  { policy, report, steps, store }: WorkerContext,
  { of, giveUp }: { of: StepHandlers; giveUp: (of: BatchStep, reason: string) => void },
  { slots, signal }: { slots: Record<Lane, number>; signal: AbortSignal },
): { ended: Promise<unknown> } {
  const { queue } = steps;

  queue.events.on("failed", ({ id, retryInMs, error }) => {
    const step = queue.get(id)?.payload;
    if (step === undefined) return;
    if (step.step === "fetch" || step.step === "try") {
      const { jobId } = step;
      report("job not looked into yet", { jobId, retryInMs, error: messageOf(error) });
    } else if (step.step === "compute" || step.step === "store") {
      const { jobId } = step;
      report("batch not worked on yet", { jobId, retryInMs, error: messageOf(error) });
    } else {
      const code = error instanceof AssayError ? error.code : undefined;
      report("step failed", { step: step.step, error: messageOf(error), code });
    }
  });
  queue.events.on("dead", ({ id, reason }) => {
    const step = queue.get(id)?.payload;
    if (step !== undefined) buried(step, reason);
  });
  queue.events.on("trouble", (error) => {
    report("step failed", { step: "queue", error: messageOf(error), code: undefined });
  });

  /** A batch that cannot be computed is given back while there is time. */
  function buried(step: Step, reason: string): void {
    report("step given up", { step: step.step, reason });
    if (isOfBatchUnderWay(step)) giveUp(step, reason);
  }

  function isOfBatchUnderWay(step: Step): step is BatchStep {
    if (step.step !== "compute" && step.step !== "store") return false;
    const state = store.batch(step.jobId, step.batch)?.state;
    return state !== undefined && (UNDER_WAY as readonly OwnBatchState[]).includes(state);
  }

  queue.reclaim();
  // One that died as the process did may not have been given up.
  for (const { payload, error = "" } of deadLetters(queue)) {
    if (isOfBatchUnderWay(payload)) giveUp(payload, error);
  }

  const lanes: Lane[] = ["chain", "work", "look"];
  const consumers = lanes.map((lane) =>
    queue.consume({
      slots: slots[lane],
      tags: [laneTag(lane), ...policy.tags],
      signal,
      // The chain is asked again for as long as the state wants it, whatever it said.
      isRetryable: (error) => lane !== "work" || !(error instanceof AssayError) || error.retryable,
      handler: ({ payload, attempt, signal }) => {
        const handler = of[payload.step] as (
          step: Step,
          options: { attempt: number; signal: AbortSignal },
        ) => Promise<void>;
        const act = () => handler(payload, { attempt, signal });
        return "jobId" in payload ? keepingFor(payload.jobId, act) : act();
      },
    }),
  );
  return { ended: Promise.all(consumers.map(({ ended }) => ended)) };
}

type BatchStep = Extract<Step, { step: "compute" | "store" }>;
