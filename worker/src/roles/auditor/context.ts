import type { Arbiters } from "../../disputes/arbiters/arbiters.ts";
import type { NodeContext } from "../../kernel/context.ts";

/** The context of every step of an auditor. */
export interface AuditorContext extends NodeContext {
  arbiters: Arbiters;
}
