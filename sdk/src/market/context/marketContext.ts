import type { Account, Address, Chain, PublicClient, Transport, WalletClient } from "viem";
import type { Content } from "../../protocol/content/content.ts";
import type { Announcer } from "./announcer.ts";
import type { TransactionNews } from "./news.ts";
import type { TransactionStore } from "./transactionStore.ts";

/** Signs and sends. */
export type Wallet = WalletClient<Transport, Chain, Account>;

/** How a chain is read and written. */
export interface ChainContext {
  readonly public: PublicClient<Transport, Chain>;
  /** Signs and sends; absent on a client that only reads. */
  readonly wallet: Wallet | undefined;
  /** A transaction counts when this many blocks, its own included, have it. */
  readonly confirmations: number;
  /** Between two looks at the chain, in milliseconds. */
  readonly pollingIntervalMs: number;
  /** What the account has sent and does not know the end of. */
  readonly transactions: TransactionStore;
  /** Most that is offered for a unit of gas, in wei. */
  readonly maxFeePerGas: bigint | undefined;
  /** Blocks after which a transaction that is not mined is replaced by one that offers more. */
  readonly replaceAfterBlocks: number;
  /** Hears what becomes of transactions besides being mined. */
  readonly onTransaction: ((news: TransactionNews) => void) | undefined;
}

/** What every action works with. A client is this and all actions bound to it. */
export interface MarketContext extends ChainContext {
  readonly marketplace: Address;
  /** First block that can have an event of the Marketplace. */
  readonly deployedAt: bigint;
  readonly content: Content | undefined;
  readonly announcer: Announcer | undefined;
}

/** What the actions of jurors, and of those who ask them, work with. */
export interface JuryContext extends ChainContext {
  /** The `JuryArbiter`. */
  readonly jury: Address;
}
