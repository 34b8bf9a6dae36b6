export { TokenUnreadableError } from "./chain/readTokenPrices.ts";
export { DataDirInUseError, DiskFullError, ProvideError } from "./content/errors.ts";
export { ListenError } from "./content/helia.ts";
export {
  ExecutorClosedError,
  ExecutorProcessError,
  HostMemoryError,
  HostStackError,
  NodeTroubleError,
  ProgramRefusedError,
  TaskTimeoutError,
} from "./executor/errors.ts";
export {
  createExecutor,
  type Executor,
  type ExecutorOptions,
  type RunParameters,
  type TaskRun,
} from "./executor/executor.ts";
export { admitProgram, type Program } from "./executor/program.ts";
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
export { createPeer, type Peer, type PeerNetworkOptions, type PeerOptions } from "./node/peer.ts";
export type { ChainStatus, NodeStatus } from "./node/status.ts";
export { type NetworkKind, PrivateAddressError } from "./p2p/network.ts";
export type { Hold } from "./pipeline/holds.ts";
export { DEFAULT_POLICY, type Policy, type TagRule } from "./pipeline/policy.ts";
export type { TokenPrice } from "./pipeline/worth.ts";
export { StoreMismatchError, StoreTooNewError } from "./store/errors.ts";
