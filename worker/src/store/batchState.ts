/**
 * What this node does about a batch. Each state is written before the work that leads out of it begins, so that a
 * restart knows what may have happened, and asks the chain what did.
 */
export type BatchState =
  | "claiming"
  | "claimed"
  | "computed"
  | "submitting"
  | "submitted"
  | "settled"
  | "lost";

const PROGRESS: Record<Exclude<BatchState, "lost">, number> = {
  claiming: 0,
  claimed: 1,
  computed: 2,
  submitting: 3,
  submitted: 4,
  settled: 5,
};

/**
 * Whether a batch goes from one state to another. Our own steps and the chain's events tell of the same things in either
 * order, so what is further already stays where it is. A lost batch can be claimed again once it is open again.
 * @param from - `undefined` when this node has not dealt with the batch so far.
 */
export function movesOn(from: BatchState | undefined, to: BatchState): boolean {
  if (from === undefined || from === "lost") return to !== "lost";
  if (to === "lost") return from !== "settled";
  return PROGRESS[to] > PROGRESS[from];
}
