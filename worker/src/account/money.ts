import { createJuryClient, type MarketClient } from "@assay/sdk";
import type { Address } from "viem";
import type { Policy } from "../jobs/policy.ts";

/** Maximum age of an answer, in milliseconds: not every scrape of the metrics may cost RPC calls. */
const MAX_AGE_MS = 30_000;

/** The account's money, in wei. */
export interface Money {
  balanceWei: bigint;
  stakeWei: bigint;
  /** The least that a batch locks on this Marketplace. */
  leastStakeWei: bigint;
  /** Of the jury that the account serves; missing for who is no juror. */
  jurorTickets?: bigint | undefined;
  lockedWei: bigint;
  creditWei: bigint;
  /** Credit in the tokens that the node takes, in their smallest unit, without those of which there is none. */
  tokenCredits: { token: Address; credit: bigint }[];
  /** Current price of a unit of gas. */
  gasPriceWei: bigint;
}

export interface MoneyReader {
  /** The account's money, at most half a minute old; `undefined` if the chain does not answer. */
  read(): Promise<Money | undefined>;
}

/**
 * Reads the account's money from the chain, twice a minute at most.
 * @param jury - that the account serves as a juror.
 */
export function createMoneyReader(
  client: MarketClient,
  address: Address,
  { tokens, jury }: Pick<Policy, "tokens"> & { jury: Address | undefined },
): MoneyReader {
  const juryClient = jury === undefined ? undefined : createJuryClient(client, jury);
  let askedAt = Number.NEGATIVE_INFINITY;
  let answer: Promise<Money | undefined> = Promise.resolve(undefined);

  async function ask(): Promise<Money> {
    const creditIn = async ({ address: token }: { address: Address }) => ({
      token,
      credit: await client.getCredit({ token }),
    });
    const [balanceWei, gasPriceWei, { stake, locked }, creditWei, inTokens, rules, juror] =
      await Promise.all([
        client.public.getBalance({ address }),
        client.public.getGasPrice(),
        client.getAccount(),
        client.getCredit(),
        Promise.all(tokens.map(creditIn)),
        client.getParameters(),
        juryClient?.getJuror(),
      ]);
    const tokenCredits = inTokens.filter(({ credit }) => credit > 0n);
    const leastStakeWei = rules.minStakePerBatch;
    return {
      ...{ balanceWei, stakeWei: stake, leastStakeWei, jurorTickets: juror?.tickets },
      ...{ lockedWei: locked, creditWei, tokenCredits, gasPriceWei },
    };
  }

  return {
    read() {
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
