import type { Arbiters } from "../../disputes/arbiters/arbiters.ts";
import type { NodeContext } from "../../kernel/context.ts";
import type { Holds } from "./holds.ts";
import type { Steps } from "./steps.ts";

/** The context of every step of a worker. */
export interface WorkerContext extends NodeContext {
  arbiters: Arbiters;
  /** The queue of what is to be done, in the store. */
  steps: Steps;
  /** Jobs that wait, and why. */
  holds: Holds;
  /** Whether new work may be taken on. It may not while the node drains, or while its disk is full. */
  mayClaim: () => boolean;
}
