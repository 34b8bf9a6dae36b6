import type { Address } from "viem";
import type { ReadParameters } from "../../chain/read.ts";
import {
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
} from "../../chain/write.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import { AccountRequiredError } from "../../errors/market.ts";
import { readOffers, writeOffers } from "../../offers/callOffers.ts";

/** Nonces in a word. */
const WORD = 128n;
const ALL = (1n << WORD) - 1n;

export interface CancelOffersParameters extends WriteParameters {
  /** Which 128 nonces. Default: 0, those below 128. */
  word?: bigint | undefined;
  /** A bit for each that is cancelled. Default: all of them. */
  mask?: bigint | undefined;
}

export type CancelOffersErrorType = WriteErrorType;

export interface GetOfferNoncesParameters extends ReadParameters {
  /** Default: the client's account. */
  account?: Address | undefined;
  /** Which 128 nonces. Default: 0, those below 128. */
  word?: bigint | undefined;
}

export interface GetOfferNoncesReturnType {
  /** A bit for each that is used. An offer with a fixed price and no selector uses none. */
  used: bigint;
  cancelled: bigint;
}

/** Cancels the account's offers, or bids, by their nonces: 128 in one transaction. A job that is posted stays. */
export async function cancelOffers(
  client: MarketContext,
  { word = 0n, mask = ALL, signal }: CancelOffersParameters = {},
): Promise<WriteReturnType> {
  const args = [word, mask] as const;
  return transactionOf(
    await writeOffers(client, { functionName: "cancelNonces", args }, { signal }),
  );
}

/** Reads which nonces of offers and bids an account has used or cancelled. */
export async function getOfferNonces(
  client: MarketContext,
  { account, word = 0n, ...options }: GetOfferNoncesParameters = {},
): Promise<GetOfferNoncesReturnType> {
  const owner = account ?? client.wallet?.account.address;
  if (owner === undefined) throw new AccountRequiredError("getOfferNonces");
  const bits = await readOffers(client, "nonces", [owner, word], options);
  return { used: bits & ALL, cancelled: bits >> WORD };
}
