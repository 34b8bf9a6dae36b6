import type { LocalProgram } from "../../../shared/src/programs/localProgram.ts";
import type { Aggregation, ClientUpdate } from "./aggregation.ts";
import type { RuleOptions } from "./rules.ts";
import { decodeAggregation, encodeAggregation } from "./wire.ts";

/**
 * One aggregation in this process, by the same program that workers run.
 * @throws {@link AggregationError} when the rule cannot be applied to these updates.
 */
export function aggregate(
  program: LocalProgram,
  updates: readonly ClientUpdate[],
  options: RuleOptions,
): Aggregation {
  return decodeAggregation(program.run(encodeAggregation(updates, options)));
}
