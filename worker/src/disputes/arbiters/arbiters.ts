import { type Address, isAddressEqual } from "viem";
import type { NodeContext } from "../../kernel/context.ts";
import type { Arbiter } from "./arbiter.ts";
import { createPlainArbiter } from "./plain.ts";

/** The arbiters that a node has to do with. */
export interface Arbiters {
  /** Those whose kind this node knows. */
  readonly known: readonly Arbiter[];
  /** The arbiter with this address, as a plain one if its kind is unknown. */
  of(address: Address): Arbiter;
}

export function createArbiters(
  context: Pick<NodeContext, "client" | "policy">,
  known: readonly Arbiter[],
): Arbiters {
  return {
    known,
    of: (address) =>
      known.find((arbiter) => isAddressEqual(arbiter.address, address)) ??
      createPlainArbiter(context, address),
  };
}
