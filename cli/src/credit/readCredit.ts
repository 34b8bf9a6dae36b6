import type { MarketClient } from "@assay/sdk";
import { type Address, erc20Abi, formatUnits, zeroAddress } from "viem";

export interface Credit {
  /** The zero address is the native coin. */
  token: Address;
  /** In the token's smallest unit. */
  amount: bigint;
  /** A token need not say. */
  decimals: number | undefined;
}

/** What an account may withdraw: of the native coin, and of each token. */
export async function readCredits(
  client: MarketClient,
  { account, tokens }: { account: Address; tokens: readonly Address[] },
): Promise<Credit[]> {
  return Promise.all(
    [...new Set([zeroAddress, ...tokens])].map(async (token) => ({
      token,
      amount: await client.getCredit({ account, token }),
      decimals: token === zeroAddress ? 18 : await decimalsOf(client, token),
    })),
  );
}

/** Decimals are for people; a token that has none is shown in its smallest unit. */
async function decimalsOf(client: MarketClient, token: Address): Promise<number | undefined> {
  const call = { address: token, abi: erc20Abi, functionName: "decimals" } as const;
  return client.public.readContract(call).catch(() => undefined);
}

export function wordsOf({ token, amount, decimals }: Credit): string {
  const of = token === zeroAddress ? "ether" : `of the token ${token}`;
  return decimals === undefined
    ? `${amount} units ${of}`
    : `${formatUnits(amount, decimals)} ${of}`;
}
