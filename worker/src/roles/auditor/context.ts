import type { Arbiters } from "../../disputes/arbiters/arbiters.ts";
import type { NodeContext } from "../../kernel/context.ts";

/** What every step of an auditor works with. */
export interface AuditorContext extends NodeContext {
  arbiters: Arbiters;
}
