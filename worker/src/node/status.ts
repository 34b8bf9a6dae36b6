import type { AnnouncementFigures, ConnectedPeer, Reachability } from "@assay/network";
import type { Address } from "viem";
import type { Money } from "../account/money.ts";
import type { DiskUsage } from "../blocks/keptBlocks.ts";
import type { Head } from "../chain/follower.ts";
import type { GameStatus } from "../disputes/arbiters/proof/games.ts";
import type { Policy, Pricing } from "../jobs/policy.ts";
import type { NodeRole } from "../kernel/part.ts";
import type { Stall } from "../kernel/progress.ts";
import type { Hold } from "../roles/worker/holds.ts";
import type { StoreStatus } from "../store/status.ts";
import type { MarketStatus } from "./marketStatus.ts";
import type { RefusalCounts } from "./refusals.ts";

/** The status of a running node. */
export interface NodeStatus {
  roles: readonly NodeRole[];
  peerId: string;
  multiaddrs: string[];
  /** The open connections. */
  peers: ConnectedPeer[];
  /** How others can open a connection to the node. */
  reachability: Reachability;
  /** Since when so many peers are missing that the network may have come apart, in milliseconds since the epoch. */
  partitionSuspectedSince?: number | undefined;
  /** Whether the node was told of peers to enter by: one that was not is the first of its network. */
  isFirst: boolean;
  /** Fetched contents that are announced in the DHT. */
  announcements?: AnnouncementFigures | undefined;
  isDraining: boolean;
  /** Areas in which nothing has moved for too long. */
  stalls: readonly Stall[];
  disk: DiskUsage | undefined;
  /** `undefined` for a node that knows of no Marketplace. */
  market?: MarketStatus | undefined;
  /** A node for the network alone has none. */
  chain?: ChainStatus;
}

export interface ChainStatus extends StoreStatus {
  account: Address;
  /** Whether everything up to the head was read once, and the chain answered when it was last asked. */
  isFollowed: boolean;
  head: Head;
  /** What its price of a task is made of, besides a batch's costs. Others learn the price by a quote alone. */
  asks: Pick<Policy, "minRewardPerTaskWei"> & Pricing;
  /** Processes that run tasks. */
  processes: number;
  /** Jobs that this node could do, and why nothing of them is claimed for the moment. */
  holds: readonly Hold[];
  /** Disputes that it plays before proof arbiters. */
  games: readonly GameStatus[];
  /** Jobs that this node has refused since its start. */
  refusals: RefusalCounts;
  /** Arbiters whose rulings on its stake it accepts. */
  arbiters: readonly Address[];
  /** Whether a relayer brings its calls, and pays the gas. */
  isRelayed?: boolean | undefined;
  /** `undefined` when the chain does not say. */
  money: Money | undefined;
}
