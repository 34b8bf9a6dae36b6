import type { Account, Address, Chain, PublicClient, Transport, WalletClient } from "viem";
import type { Content } from "../content/content.ts";
import type { Announcer } from "./announcer.ts";

/** What every action works with. A client is this and all actions bound to it. */
export interface MarketContext {
  readonly public: PublicClient<Transport, Chain>;
  /** Signs and sends; absent on a client that only reads. */
  readonly wallet: WalletClient<Transport, Chain, Account> | undefined;
  readonly marketplace: Address;
  /** First block that can have an event of the Marketplace. */
  readonly deployedAt: bigint;
  readonly content: Content | undefined;
  readonly announcer: Announcer | undefined;
  /** A transaction counts when this many blocks, its own included, have it. */
  readonly confirmations: number;
  /** Between two looks at the chain, in milliseconds. */
  readonly pollingIntervalMs: number;
}
