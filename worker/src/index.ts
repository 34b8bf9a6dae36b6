export { DiskFullError } from "./blocks/errors.ts";
export { TokenUnreadableError } from "./chain/readTokenPrices.ts";
export { DataDirUnwritableError } from "./node/dataDir.ts";
export {
  ChainMismatchError,
  ChainUnreachableError,
  JuryRequiredError,
  MarketplaceMissingError,
} from "./node/errors.ts";
export type { NodeEventMap, NodeEventName, NodeEvents, Report } from "./node/events.ts";
export {
  createNetworkNode,
  type NetworkNode,
  type NetworkNodeOptions,
} from "./node/networkNode.ts";
export { createNode, type NodeOptions, type WorkerNode } from "./node/node.ts";
export type { ChainRole, NetworkRole, NodeRole } from "./node/part.ts";
export type { ChainStatus, NodeStatus } from "./node/status.ts";
export type { Hold } from "./pipeline/holds.ts";
export { DEFAULT_POLICY, type Policy, type TagRule } from "./pipeline/policy.ts";
export type { TokenPrice } from "./pipeline/worth.ts";
export { StoreMismatchError, StoreTooNewError } from "./store/errors.ts";
