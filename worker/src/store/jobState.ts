/** The states of a job. */
export const JOB_STATES = [
  "discovered",
  /** Program and input manifest are here and as promised. */
  "fetched",
  /** One task was tried: batches may be claimed. */
  "tried",
  /** Not for this node. */
  "refused",
  /** No batch of it can be claimed any more. */
  "closed",
] as const;
export type JobState = (typeof JOB_STATES)[number];

export const JOB_EVENTS = ["fetched", "tried", "refused", "closed", "reorged"] as const;
/** `reorged`: the chain took back the blocks that it was posted, or closed, in. */
export type JobEvent = (typeof JOB_EVENTS)[number];

const OVER = { refused: "refused", closed: "closed", reorged: "discovered" } as const;

export const JOB_TRANSITIONS: Readonly<
  Record<JobState, Readonly<Partial<Record<JobEvent, JobState>>>>
> = {
  discovered: { fetched: "fetched", ...OVER },
  fetched: { tried: "tried", ...OVER },
  tried: OVER,
  refused: { closed: "closed", reorged: "discovered" },
  closed: { reorged: "discovered" },
};
