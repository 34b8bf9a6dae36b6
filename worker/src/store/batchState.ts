// The two state machines of a node, whole. `docs/ARCHITECTURE.md` draws them; a test goes through every state with every event.

/**
 * The states of a batch of this node. There is no state for "being claimed" or "being submitted": such a step is an entry of the queue
 * until it is done.
 */
export const BATCH_STATES = [
  /** Ours on chain. */
  "claimed",
  /** Every task has its outcome. */
  "computed",
  /** The result manifest is stored, and its root known. */
  "stored",
  /** The root is on chain; its challenge window runs. */
  "submitted",
  /** Somebody put it in question: a leaf is demanded, or a challenge is open. */
  "disputed",
  /** Its reward is credit. */
  "settled",
  /** Its reward has left the contract. */
  "withdrawn",
  /** Given back by us, for the small fee. */
  "released",
  /** Not submitted by its deadline. */
  "expired",
  /** Lost in any other way: found wrong, refunded, or taken away by a reorganisation. */
  "failed",
] as const;
export type OwnBatchState = (typeof BATCH_STATES)[number];

/** Events of a batch: from a step of this node, or from the chain. */
export const BATCH_EVENTS = [
  "claimed",
  "computed",
  "stored",
  "submitted",
  "questioned",
  "answered",
  "settled",
  "withdrawn",
  "released",
  "expired",
  "failed",
] as const as readonly BatchEvent[];
export type BatchEvent =
  | Exclude<OwnBatchState, "disputed">
  /** It was put in question. */
  | "questioned"
  /** The question is over, and the submission stands. */
  | "answered";

type Transitions<State extends string, Event extends string> = Readonly<
  Partial<Record<Event, State>>
>;

/** Our steps and the chain's events tell of the same things in either order: from where it is not listed, an event is old news. */
const ENDED = { released: "released", expired: "expired", failed: "failed" } as const;
/** Events that the chain may report of a batch that this node does not have, or has no more. */
const BEGUN = {
  claimed: "claimed",
  submitted: "submitted",
  questioned: "disputed",
  settled: "settled",
} as const;
const TAKEN_OVER = { submitted: "submitted", questioned: "disputed", settled: "settled" } as const;

export const BATCH_TRANSITIONS: Readonly<
  Record<OwnBatchState | "none", Transitions<OwnBatchState, BatchEvent>>
> = {
  none: BEGUN,
  claimed: { computed: "computed", ...TAKEN_OVER, ...ENDED },
  computed: { stored: "stored", ...TAKEN_OVER, ...ENDED },
  stored: { ...TAKEN_OVER, ...ENDED },
  // Ended without a word about the question: a reorganisation took the submission away before.
  submitted: { questioned: "disputed", settled: "settled", ...ENDED },
  disputed: { answered: "submitted", settled: "settled", ...ENDED },
  settled: { withdrawn: "withdrawn" },
  withdrawn: {},
  released: BEGUN,
  expired: BEGUN,
  failed: BEGUN,
};

/** The next state of a batch; `undefined` if the event changes nothing, as it is known or outdated. */
export function nextBatchState(
  from: OwnBatchState | undefined,
  event: BatchEvent,
): OwnBatchState | undefined {
  return BATCH_TRANSITIONS[from ?? "none"][event];
}

/** Claimed by this node and not submitted: to be finished before the deadline. */
export const UNDER_WAY = ["claimed", "computed", "stored"] as const satisfies OwnBatchState[];
/** Submitted, and not settled yet. */
export const WAITING = ["submitted", "disputed"] as const satisfies OwnBatchState[];
