import type { PeerNetworkOptions } from "@assay/network";
import type { Executor, ExecutorOptions } from "@assay/runners";
import type { CallRelay } from "@assay/sdk";
import type { Address, Chain, LocalAccount, Transport } from "viem";
import type { Tracer } from "../disputes/arbiters/proof/trace/tracer.ts";
import type { Policy } from "../jobs/policy.ts";
import type { Report } from "../kernel/events.ts";
import type { NodeRole } from "../kernel/part.ts";
import type { PricingPolicy } from "../policy/pricing.ts";

/** What a node itself tells its peer. */
export type OwnedByNode =
  | ("relay" | "services" | "account" | "readStanding")
  | ("onReach" | "onHint" | "onOffer" | "onSuspicion" | "onBan");

export interface NodeOptions
  extends Omit<PeerNetworkOptions, OwnedByNode | "chainId" | "marketplace"> {
  chain: Chain;
  transport: Transport;
  marketplace: Address;
  /** Stakes, claims and is paid. One node an account: two would race each other's transactions. */
  account: LocalAccount;
  /** The folder of the node's state: its database, its blocks and its key in the network. */
  dataDir: string;
  /** Maximum size of the blocks on disk, in bytes. Default: no limit. */
  diskQuotaBytes?: number | undefined;
  /** Which jobs the node takes, and on which terms. Default: {@link DEFAULT_POLICY}, with the stake that the account has. */
  policy?: Partial<Policy> | undefined;
  executor?: ExecutorOptions | undefined;
  /** Creates the executor that runs the tasks. Default: {@link createExecutor}, a pool of processes of the node's own. */
  createExecutor?: ((options?: ExecutorOptions) => Executor) | undefined;
  /** Creates what finds the states of disputed tasks. Default: a process of the node's own, while it is needed. */
  createTracer?: (() => Tracer) | undefined;
  /** Default: only a worker. */
  roles?: readonly NodeRole[] | undefined;
  /** The JuryArbiter that a juror serves. A worker or auditor accepts its rulings, too. */
  jury?: Address | undefined;
  /** The ProofArbiter that the node plays before, as a worker or auditor. Its rulings are accepted. */
  proof?: Address | undefined;
  /** The `Offers` contract, whose signed offers the node bids for, as a worker. Default: it bids for none. */
  offers?: Address | undefined;
  /** What the node asks for the tasks of an offer. Default: by its policy. */
  pricing?: Pick<PricingPolicy, "askedReward"> | undefined;
  /** Milliseconds between two polls of the chain. Default: 250 in a local network, 1,000 otherwise. */
  pollingIntervalMs?: number | undefined;
  /** Blocks, including its own, after which an event or a transaction counts. Default: 1. */
  confirmations?: number | undefined;
  /** Depth of a reorganisation, in blocks, up to which the node follows it. The node stops at a deeper one. Default: 128. */
  maxReorgDepth?: number | undefined;
  /** Maximum fee for a unit of gas, in wei. Default: no limit. */
  maxFeePerGasWei?: bigint | undefined;
  /** Brings the account's calls, which it signs, so that it needs no coins for gas. Default: it sends its transactions itself. */
  relayer?: CallRelay | undefined;
  /** Blocks after which a transaction that is not mined is replaced by one with a higher fee. Default: 5. */
  replaceAfterBlocks?: number | undefined;
  /** Time for which the contents of a job are kept after its end, whatever the quota, in milliseconds. Default: a day. */
  retentionMs?: number | undefined;
  /** Milliseconds without progress after which the node reports it. Default: 30,000. */
  stallMs?: number | undefined;
  /** Called for every event, besides the listeners of `events`. */
  onEvent?: Report | undefined;
}
