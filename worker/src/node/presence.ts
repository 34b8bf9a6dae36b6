import { type MarketPeers, remember } from "@assay/network";
import type { JobId } from "@assay/sdk";
import { type Address, isAddressEqual } from "viem";
import type { Policy } from "../jobs/policy.ts";
import type { NodeRole, Part } from "../kernel/part.ts";
import { UNDER_WAY, WAITING } from "../store/batchState.ts";
import type { NodeStore } from "../store/nodeStore.ts";

/** Jobs of which it is remembered who else works on them. */
const MOST_JOBS = 64;

export interface PresenceParameters {
  peers: Pick<MarketPeers, "tell" | "present" | "share" | "suspected">;
  store: Pick<NodeStore, "batches">;
  account: Address;
  roles: readonly NodeRole[];
  policy: Pick<Policy, "maxBatchesAtOnce" | "tags">;
  mayClaim: () => boolean;
  /** Peers with whom batches of awards are held. */
  partners: () => readonly string[];
}

/** A part of the node, for what it hears of the chain. */
export interface Presence extends Part {
  /** Batches that the node could take now. */
  freeBatches(): number;
  /** Other workers with stake and room: those that may claim the same batch at the same moment. */
  rivals(): Address[];
}

/** What the node says of itself in the network, and whom it hears there. */
export function createPresence({
  peers,
  store,
  account,
  roles,
  policy: { maxBatchesAtOnce, tags },
  mayClaim,
  partners,
}: PresenceParameters): Presence {
  /** Others that claimed batches, by job. */
  const claimers = new Map<JobId, Set<string>>();

  function freeBatches(): number {
    if (!roles.includes("worker") || !mayClaim()) return 0;
    return Math.max(0, maxBatchesAtOnce - store.batches(...UNDER_WAY).length);
  }

  function watch(): void {
    const jobs = new Set(store.batches(...UNDER_WAY, ...WAITING).map(({ jobId }) => jobId));
    const accounts = new Set([...jobs].flatMap((jobId) => [...(claimers.get(jobId) ?? [])]));
    const shared = peers.present.filter(({ author }) => {
      return author.account !== undefined && accounts.has(author.account.toLowerCase());
    });
    peers.share(
      shared.map(({ author }) => author.peerId),
      partners(),
    );
  }

  return {
    freeBatches,
    rivals() {
      const silent = new Set(peers.suspected);
      const accounts = peers.present.flatMap(({ author, roles, freeBatches }) => {
        const isRival = roles.includes("worker") && freeBatches > 0 && author.standing > 0;
        const isThere = isRival && !silent.has(author.peerId);
        return isThere && author.account !== undefined ? author.account : [];
      });
      return [...new Set(accounts)].filter((other) => !isAddressEqual(other, account));
    },
    onEvents(events) {
      for (const event of events) {
        if (event.type !== "batchClaimed" || isAddressEqual(event.worker, account)) continue;
        const known = claimers.get(event.jobId) ?? new Set<string>();
        known.add(event.worker.toLowerCase());
        remember(claimers, event.jobId, known, MOST_JOBS);
      }
    },
    onRollback() {}, // who claimed once is worth watching
    onHead() {
      peers.tell({ roles, tags, freeBatches: freeBatches() });
      watch();
    },
    async start() {},
    async stop() {},
  };
}
