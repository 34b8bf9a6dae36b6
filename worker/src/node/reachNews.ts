import type { Reachability } from "@assay/network";
import type { Report } from "../kernel/events.ts";

/** Reports how others can reach the node, whenever that changes. */
export function reportReach(report: Report, { state, relays, advice }: Reachability): void {
  if (advice !== undefined) report("node unreachable", { advice });
  else report("node reachable", { how: state, relays: [...relays] });
}
