import { useEffect, useState } from "preact/hooks";

/** As the node's `/api/events` tells it; bigints are decimal strings. */
export interface NodePage {
  version: string;
  readiness: { ready: boolean; checks: Check[] };
  earnings: { sinceMs: number; rewardsWei: string; feesWei: string; slashedWei: string };
  status?: NodeStatus;
}

export interface Check {
  name: string;
  ok: boolean;
  problem?: string;
  isWarning?: true;
}

export interface NodeStatus {
  roles: string[];
  peerId: string;
  multiaddrs: string[];
  peers: { peerId: string; multiaddr: string }[];
  reachability: { state: string };
  isDraining: boolean;
  disk?: { usedBytes: number; quotaBytes?: number; freeBytes: number; isFull: boolean };
  market?: { present: number; suspected: string[] };
  chain?: ChainStatus;
}

export interface ChainStatus {
  chainId: number;
  marketplace: string;
  account: string;
  isFollowed: boolean;
  head: { number: string; timestamp: number };
  nextBlock: string;
  asks: { minRewardPerTaskWei: string; weiPerGigafuel: string; loadMarkup: number };
  processes: number;
  jobs: Record<string, number>;
  batches: Record<string, number>;
  holds: { jobId: string; reason: string }[];
  games: { id: string; stage: string; isOurTurn: boolean; problem?: string }[];
  refusals: Record<string, number>;
  money?: {
    balanceWei: string;
    stakeWei: string;
    lockedWei: string;
    creditWei: string;
    gasPriceWei: string;
  };
}

export interface ToldEvent {
  atMs: number;
  level: string;
  name: string;
  fields: Record<string, unknown>;
}

const MOST_EVENTS = 200;

/** The node, live by server-sent events. The browser connects again by itself, and is told everything anew. */
export function useNode(): { page: NodePage | undefined; events: ToldEvent[]; isLost: boolean } {
  const [page, setPage] = useState<NodePage>();
  const [events, setEvents] = useState<ToldEvent[]>([]);
  const [isLost, setLost] = useState(false);
  useEffect(() => {
    const source = new EventSource("api/events");
    source.onopen = () => {
      setLost(false);
      setEvents([]);
    };
    source.onerror = () => setLost(true);
    source.addEventListener("status", ({ data }) => setPage(JSON.parse(data)));
    source.addEventListener("event", ({ data }) => {
      setEvents((all) => [JSON.parse(data), ...all].slice(0, MOST_EVENTS));
    });
    return () => source.close();
  }, []);
  return { page, events, isLost };
}
