import type { Backoff, Priority, Queue, TaskRecord } from "@assay/queue";
import type { JobId } from "@assay/sdk";
import { type Policy, tagsOf } from "../../jobs/policy.ts";
import type { OwnBatchState } from "../../store/batchState.ts";
import type { JobState } from "../../store/jobState.ts";
import type { NodeStore } from "../../store/nodeStore.ts";

interface OfJob {
  jobId: JobId;
}

interface OfBatch extends OfJob {
  batch: number;
}

/** The subject of each step. */
interface Subjects {
  /** Program and manifest of a job that was discovered. */
  fetch: OfJob;
  /** One task of it. */
  try: OfJob;
  /** Whatever may be claimed, the best paid first. There is one step for each batch that may be held at a time. */
  claim: { slot: number };
  compute: OfBatch;
  store: OfBatch;
  submit: OfBatch;
  release: OfBatch;
  expire: OfBatch;
  /** Demands for leaves. */
  answer: OfBatch;
  /** Where the batch stands on chain. */
  reconcile: OfBatch;
  /** All of the job's batches whose window is over. */
  settle: OfJob;
  /** All that a reorganisation may have moved. */
  place: object;
  withdraw: object;
}

export type StepName = keyof Subjects;
export type StepOf<Name extends StepName> = { step: Name } & Subjects[Name];
/** One thing to be done, as an entry of the queue. */
export type Step = { [Name in StepName]: StepOf<Name> }[StepName];

/** Who does it: each lane has a consumer of its own, so that a long computation keeps no deadline waiting. */
export type Lane = "chain" | "work" | "look";

interface Form {
  lane: Lane;
  priority: Priority;
  backoff: Backoff;
  /** Until it is dead. What the chain asks for is tried for as long as it makes sense. */
  attempts: number;
}

const forever = { attempts: Number.POSITIVE_INFINITY };
const chain = { lane: "chain", backoff: { firstMs: 500, longestMs: 30_000 }, ...forever } as const;
const work = { lane: "work", backoff: { firstMs: 2_000, longestMs: 60_000 } } as const;
const look = {
  lane: "look",
  backoff: { firstMs: 2_000, longestMs: 5 * 60_000 },
  ...forever,
} as const;

/** The most urgent steps come first: those that cost stake if they are late, then claimed batches, then batches to claim. */
const STEPS: Readonly<Record<StepName, Form>> = {
  place: { ...chain, priority: "critical" },
  submit: { ...chain, priority: "critical" },
  answer: { ...chain, priority: "critical" },
  release: { ...chain, priority: "high" },
  expire: { ...chain, priority: "high" },
  reconcile: { ...chain, priority: "high" },
  settle: { ...chain, priority: "normal" },
  withdraw: { ...chain, priority: "low" },
  store: { ...work, priority: "high", attempts: 10 },
  compute: { ...work, priority: "normal", attempts: 10 },
  claim: { ...work, priority: "low", ...forever },
  fetch: { ...look, priority: "normal" },
  try: { ...look, priority: "normal" },
};

/** The step that leads out of a state. Only time or somebody else leads out of the other states. */
const STEP_OUT_OF: Readonly<Partial<Record<OwnBatchState, "compute" | "store" | "submit">>> = {
  claimed: "compute",
  computed: "store",
  stored: "submit",
};
const STEP_OUT_OF_JOB: Readonly<Partial<Record<JobState, "fetch" | "try">>> = {
  discovered: "fetch",
  fetched: "try",
};

export interface Steps {
  readonly queue: Queue<Step>;
  /**
   * Sees to it that the step is done from now on: one that waits is not added again, one that is under way is done once more, and a
   * dead one gets another chance if it is to be revived (default).
   */
  ensure(step: Step, options?: { revive?: boolean }): void;
  /** Ensures what leads out of the state that the batch is in. */
  follow(jobId: JobId, batch: number, options?: { revive?: boolean }): void;
  followJob(jobId: JobId): void;
}

/**
 * The steps of a node, in the queue of its database: a state and the step that leads out of it are written by one transaction.
 * @param tagsOf - what a consumer must have for the steps of this job that run its program.
 */
export function createSteps(
  store: Pick<NodeStore, "batch" | "job" | "queue">,
  tagsOf: (jobId: JobId) => readonly string[],
): Steps {
  // The states know what is done. The key of a step must be free for the next time.
  const queue = store.queue<Step>({ name: "pipeline", keepDoneMs: 0 });

  /** Steps that were asked for while they were under way: what they looked at may have changed since. */
  const again = new Map<string, Step>();
  queue.events.on("done", ({ key = "" }) => {
    const step = again.get(key);
    if (step !== undefined && again.delete(key)) ensure(step);
  });

  function ensure(step: Step, { revive = true }: { revive?: boolean } = {}): void {
    const { lane, ...options } = STEPS[step.step];
    const tags = lane === "work" && "jobId" in step ? tagsOf(step.jobId) : [];
    const key = keyOf(step);
    const added = queue.enqueue({
      payload: step,
      key,
      tags: [laneTag(lane), ...tags],
      ...options,
    });
    if (added.isNew) return;
    const state = queue.get(added.id)?.state;
    if (state === "leased") again.set(key, step);
    if (state === "dead" && revive) queue.requeue(added.id);
  }

  return {
    queue,
    ensure,
    follow(jobId, batch, options) {
      const state = store.batch(jobId, batch)?.state;
      const step = state === undefined ? undefined : STEP_OUT_OF[state];
      if (step !== undefined) ensure({ step, jobId, batch }, options);
    },
    followJob(jobId) {
      const state = store.job(jobId)?.state;
      const step = state === undefined ? undefined : STEP_OUT_OF_JOB[state];
      if (step !== undefined) ensure({ step, jobId });
    },
  };
}

/** The tags that the steps of a job ask for; a job that is unknown asks for none. */
export function jobTags(
  store: Pick<NodeStore, "job">,
  jobId: JobId,
  policy: Pick<Policy, "tagRules">,
): string[] {
  const job = store.job(jobId);
  return job === undefined ? [] : tagsOf(job.terms, job.spec, policy);
}

export function laneTag(lane: Lane): string {
  return `lane:${lane}`;
}

function keyOf({ step, ...of }: Step): string {
  return [step, ...Object.values(of)].join("/");
}

/** The dead letters of a queue, page by page. */
export function* deadLetters(queue: Queue<Step>): Generator<TaskRecord<Step>> {
  for (let after = 0; ; ) {
    const page = queue.dead({ after });
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}
