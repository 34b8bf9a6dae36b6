import type { MarketClient } from "@assay/sdk";
import type { Address } from "viem";

/** How old what is shown may be, in milliseconds: a scrape must not cost the RPC a call each. */
const MAX_AGE_MS = 30_000;

/** What the account has, in wei. */
export interface Money {
  balanceWei: bigint;
  stakeWei: bigint;
  lockedWei: bigint;
  creditWei: bigint;
  /** Price of a unit of gas at the moment. */
  gasPriceWei: bigint;
}

export interface Purse {
  /** What the account had at most half a minute ago; `undefined` when the chain does not say. */
  look(): Promise<Money | undefined>;
}

/** Asks the chain what the account has, no more often than need be. */
export function createPurse(client: MarketClient, address: Address): Purse {
  let askedAt = Number.NEGATIVE_INFINITY;
  let answer: Promise<Money | undefined> = Promise.resolve(undefined);

  async function ask(): Promise<Money> {
    const [balanceWei, gasPriceWei, { stake, locked }, creditWei] = await Promise.all([
      client.public.getBalance({ address }),
      client.public.getGasPrice(),
      client.getAccount(),
      client.getCredit(),
    ]);
    return { balanceWei, stakeWei: stake, lockedWei: locked, creditWei, gasPriceWei };
  }

  return {
    look() {
      if (performance.now() - askedAt > MAX_AGE_MS) {
        askedAt = performance.now();
        answer = ask().catch(() => {
          askedAt = Number.NEGATIVE_INFINITY;
          return undefined;
        });
      }
      return answer;
    },
  };
}
