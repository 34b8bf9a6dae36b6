import { Ruling } from "@assay/sdk";
import type { Address } from "viem";
import type { NodeContext } from "../../kernel/context.ts";
import type { Arbiter } from "./arbiter.ts";

/** An arbiter of which only the interface that every arbiter has is known: its rulings are carried out, and nothing else. */
export function createPlainArbiter(
  { client, policy }: Pick<NodeContext, "client" | "policy">,
  address: Address,
): Arbiter {
  const getRuling: Arbiter["getRuling"] = (id, signal) =>
    client.getRuling({ arbiter: address, id, signal });
  return {
    address,
    trust: policy.trustInJurors,
    canDecide: (between, signal) => client.canDecide({ arbiter: address, ...between, signal }),
    getFee: (signal) => client.getArbiterFee({ arbiter: address, signal }),
    getRuling,
    async getStanding({ record: { id, resolved } }, signal) {
      const ruling = resolved ? Ruling.none : await getRuling(id, signal);
      return { ruling, close: async () => true };
    },
    async withdrawCredit() {},
  };
}
