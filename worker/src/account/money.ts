import type { MarketClient } from "@assay/sdk";
import type { Address } from "viem";
import type { Policy } from "../jobs/policy.ts";

/** How old what is shown may be, in milliseconds: a scrape must not cost the RPC a call each. */
const MAX_AGE_MS = 30_000;

/** What the account has, in wei. */
export interface Money {
  balanceWei: bigint;
  stakeWei: bigint;
  lockedWei: bigint;
  creditWei: bigint;
  /** Credit in the tokens that the node takes, where there is some: in the smallest unit. */
  tokenCredits: { token: Address; credit: bigint }[];
  /** Price of a unit of gas at the moment. */
  gasPriceWei: bigint;
}

export interface Purse {
  /** What the account had at most half a minute ago; `undefined` when the chain does not say. */
  look(): Promise<Money | undefined>;
}

/** Asks the chain what the account has, no more often than need be. */
export function createPurse(
  client: MarketClient,
  address: Address,
  { tokens }: Pick<Policy, "tokens">,
): Purse {
  let askedAt = Number.NEGATIVE_INFINITY;
  let answer: Promise<Money | undefined> = Promise.resolve(undefined);

  async function ask(): Promise<Money> {
    const creditIn = async ({ address: token }: { address: Address }) => ({
      token,
      credit: await client.getCredit({ token }),
    });
    const [balanceWei, gasPriceWei, { stake, locked }, creditWei, inTokens] = await Promise.all([
      client.public.getBalance({ address }),
      client.public.getGasPrice(),
      client.getAccount(),
      client.getCredit(),
      Promise.all(tokens.map(creditIn)),
    ]);
    const tokenCredits = inTokens.filter(({ credit }) => credit > 0n);
    return { balanceWei, stakeWei: stake, lockedWei: locked, creditWei, tokenCredits, gasPriceWei };
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
