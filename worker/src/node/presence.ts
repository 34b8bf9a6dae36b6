import type { Peer } from "@assay/network";
import { type Address, isAddressEqual } from "viem";
import type { Policy } from "../jobs/policy.ts";
import type { NodeRole } from "../kernel/part.ts";
import { UNDER_WAY } from "../store/batchState.ts";
import type { NodeStore } from "../store/nodeStore.ts";

export interface PresenceParameters {
  peer: Pick<Peer, "tell" | "present">;
  store: Pick<NodeStore, "batches">;
  account: Address;
  roles: readonly NodeRole[];
  policy: Pick<Policy, "maxBatchesAtOnce" | "tags">;
  mayClaim: () => boolean;
}

/** What the node says of itself in the network, and whom it hears there. */
export function createPresence({
  peer,
  store,
  account,
  roles,
  policy,
  mayClaim,
}: PresenceParameters) {
  return {
    /** Tells others what the node offers now. */
    tell(): void {
      const { maxBatchesAtOnce, tags } = policy;
      const free = maxBatchesAtOnce - store.batches(...UNDER_WAY).length;
      const freeBatches = roles.includes("worker") && mayClaim() ? Math.max(0, free) : 0;
      peer.tell({ roles, tags, freeBatches });
    },
    /** Other workers with stake and room: those that may claim the same batch at the same moment. */
    rivals(): Address[] {
      const accounts = peer.present.flatMap(({ author, roles, freeBatches }) => {
        const isRival = roles.includes("worker") && freeBatches > 0 && author.standing > 0;
        return isRival && author.account !== undefined ? author.account : [];
      });
      return [...new Set(accounts)].filter((other) => !isAddressEqual(other, account));
    },
  };
}
