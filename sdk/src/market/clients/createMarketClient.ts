import {
  type Account,
  type Address,
  type Chain,
  createPublicClient,
  createWalletClient,
  type Transport,
  zeroAddress,
} from "viem";
import type { Content } from "../../protocol/content/content.ts";
import type { Announcer } from "../context/announcer.ts";
import type { CallRelay } from "../context/callRelay.ts";
import type { MarketContext } from "../context/marketContext.ts";
import type { TransactionNews } from "../context/news.ts";
import { memoryTransactionStore, type TransactionStore } from "../context/transactionStore.ts";
import type { Workers } from "../context/workers.ts";
import { DeploymentUnknownError } from "../errors/market.ts";
import { deployments } from "./deployments.ts";
import { type MarketActions, marketActions } from "./marketActions.ts";

export interface CreateMarketClientParameters {
  chain: Chain;
  transport: Transport;
  /** Signs what is written; without one the client only reads. */
  account?: Account | undefined;
  /** Default: the known deployment on `chain`. */
  marketplace?: Address | undefined;
  /**
   * Who decides challenges of jobs that name nobody. Default: the ProofArbiter of the known deployment, if this is it; else the zero
   * address, which means that results cannot be challenged.
   */
  arbiter?: Address | undefined;
  /** The contract `Offers`. Default: that of the known deployment, if this is it. */
  offers?: Address | undefined;
  /** Block before which the Marketplace has no events. Default: that of the known deployment, else 0. */
  deployedAt?: bigint | undefined;
  /** Where programs, inputs and results are stored and found. */
  content?: Content | undefined;
  /** Told of every job that is posted. */
  announcer?: Announcer | undefined;
  /** Asks the workers of the network why a job waits: `workers` of a peer of `@assay/network`. */
  workers?: Workers | undefined;
  /**
   * Brings what the account signs, so that it needs no coins for gas: `httpRelay({ url })`. Calls that carry coins are sent as ever. Default: the
   * account sends its transactions itself.
   */
  relay?: CallRelay | undefined;
  /** Blocks, the transaction's own included, after which a write counts. Default: 1. */
  confirmations?: number | undefined;
  /** Interval between two polls of the chain, in milliseconds. Default: 1,000. */
  pollingIntervalMs?: number | undefined;
  /** Where transactions are kept until they are mined. Default: in memory; then a new process does not know what was under way. */
  transactions?: TransactionStore | undefined;
  /** Maximum fee for a unit of gas, in wei. Default: no limit. */
  maxFeePerGas?: bigint | undefined;
  /** Blocks after which a transaction that is not mined is replaced by one with a higher fee. Default: 5. */
  replaceAfterBlocks?: number | undefined;
  /** Called when a transaction is replaced, sent again or dropped. */
  onTransaction?: ((news: TransactionNews) => void) | undefined;
}

export interface MarketClient extends MarketContext, MarketActions {}

/**
 * A client of one Marketplace on one chain.
 *
 * @throws {@link DeploymentUnknownError} when no address is given and none is known for the chain.
 */
export function createMarketClient({
  chain,
  transport,
  account,
  marketplace = deployments[chain.id]?.marketplace,
  arbiter,
  offers,
  deployedAt,
  content,
  announcer,
  workers,
  relay,
  confirmations = 1,
  pollingIntervalMs = 1000,
  transactions = memoryTransactionStore(),
  maxFeePerGas,
  replaceAfterBlocks = 5,
  onTransaction,
}: CreateMarketClientParameters): MarketClient {
  if (marketplace === undefined) throw new DeploymentUnknownError(chain.id);
  const deployment = deployments[chain.id];
  const known = deployment?.marketplace === marketplace ? deployment : undefined;
  const common = { chain, transport, pollingInterval: pollingIntervalMs };
  const context: MarketContext = {
    public: createPublicClient(common),
    wallet: account === undefined ? undefined : createWalletClient({ ...common, account }),
    marketplace,
    arbiter: arbiter ?? known?.proof ?? zeroAddress,
    offers: offers ?? known?.offers,
    deployedAt: deployedAt ?? known?.blockNumber ?? 0n,
    content,
    announcer,
    workers,
    relay,
    confirmations,
    pollingIntervalMs,
    ...{ transactions, maxFeePerGas, replaceAfterBlocks, onTransaction },
  };
  return { ...context, ...marketActions(context) };
}
