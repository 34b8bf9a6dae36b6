import type { Account, Address, Chain, PublicClient, Transport, WalletClient } from "viem";
import type { Content } from "../../protocol/content/content.ts";
import type { Announcer } from "./announcer.ts";
import type { CallRelay } from "./callRelay.ts";
import type { TransactionNews } from "./news.ts";
import type { TransactionStore } from "./transactionStore.ts";
import type { Workers } from "./workers.ts";

/** Signs and sends. */
export type Wallet = WalletClient<Transport, Chain, Account>;

/** How a chain is read and written. */
export interface ChainContext {
  readonly public: PublicClient<Transport, Chain>;
  /** Signs and sends; absent on a client that only reads. */
  readonly wallet: Wallet | undefined;
  /** A transaction counts when this many blocks, its own included, have it. */
  readonly confirmations: number;
  /** Interval between two polls of the chain, in milliseconds. */
  readonly pollingIntervalMs: number;
  /** The account's transactions whose outcome is not known yet. */
  readonly transactions: TransactionStore;
  /** Maximum fee for a unit of gas, in wei. */
  readonly maxFeePerGas: bigint | undefined;
  /** Blocks after which a transaction that is not mined is replaced by one with a higher fee. */
  readonly replaceAfterBlocks: number;
  /** Called when a transaction is replaced, sent again or dropped. */
  readonly onTransaction: ((news: TransactionNews) => void) | undefined;
}

/** The context of every action. A client is this context with all actions bound to it. */
export interface MarketContext extends ChainContext {
  readonly marketplace: Address;
  /** Who decides challenges of jobs that name nobody; zero: nobody. */
  readonly arbiter: Address;
  /** The contract `Offers`, if there is one. */
  readonly offers: Address | undefined;
  /** First block that can have an event of the Marketplace. */
  readonly deployedAt: bigint;
  readonly content: Content | undefined;
  readonly announcer: Announcer | undefined;
  /** Who can be asked why a job waits. */
  readonly workers: Workers | undefined;
  /** Who brings calls of the Marketplace that the account signs, instead of transactions of its own. */
  readonly relay: CallRelay | undefined;
}

/** The context of the actions of a fraud proof. */
export interface ProofContext extends ChainContext {
  /** The `ProofArbiter`. */
  readonly proof: Address;
}

/** The context of the jury's actions. */
export interface JuryContext extends ChainContext {
  /** The `JuryArbiter`. */
  readonly jury: Address;
}
