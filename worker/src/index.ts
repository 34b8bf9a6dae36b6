export { DiskFullError } from "./blocks/errors.ts";
export {
  ChainMismatchError,
  ChainUnreachableError,
  MarketplaceMissingError,
} from "./chain/errors.ts";
export { answer, type Traced, traceTask } from "./disputes/arbiters/proof/trace/answer.ts";
export type { TraceRequest, Tracer } from "./disputes/arbiters/proof/trace/tracer.ts";
export { DEFAULT_POLICY, type Policy, type TagRule } from "./jobs/policy.ts";
export { TokenUnreadableError } from "./jobs/readTokenPrices.ts";
export type { TokenPrice } from "./jobs/worth.ts";
export type { NodeEventMap, NodeEventName, NodeEvents, Report } from "./kernel/events.ts";
export type { ChainRole, NetworkRole, NodeRole } from "./kernel/part.ts";
export { DataDirUnwritableError } from "./node/dataDir.ts";
export { JuryRequiredError } from "./node/errors.ts";
export {
  createNetworkNode,
  type NetworkNode,
  type NetworkNodeOptions,
} from "./node/networkNode.ts";
export { createNode, type WorkerNode } from "./node/node.ts";
export type { NodeOptions } from "./node/options.ts";
export type { ChainStatus, NodeStatus } from "./node/status.ts";
export type { Hold } from "./roles/worker/holds.ts";
export { StoreMismatchError, StoreTooNewError } from "./store/errors.ts";
