import type { Hex } from "viem";
import { abortable } from "../../../concurrency/abortable.ts";
import type { AbortOptions } from "../../../concurrency/abortOptions.ts";
import type { OffersDomain } from "../../../protocol/offer/digest.ts";
import type {
  Award,
  Bid,
  Offer,
  SignedAward,
  SignedBid,
  SignedOffer,
} from "../../../protocol/offer/offer.ts";
import { requireMarketplace } from "../../chain/requireMarketplace.ts";
import type { MarketContext, Wallet } from "../../context/marketContext.ts";
import { AccountRequiredError } from "../../errors/market.ts";
import { domainOf } from "../../offers/callOffers.ts";
import { awardTypedData, bidTypedData, offerTypedData } from "../../offers/typedData.ts";

export interface SignOfferParameters extends AbortOptions {
  offer: Offer;
}

export interface SignBidParameters extends AbortOptions {
  bid: Bid;
}

export interface SignAwardParameters extends AbortOptions {
  award: Award;
}

/** Signs an offer, as its requester. Nothing is sent. The contract `Offers` needs the right `request` of the account before it can be taken. */
export async function signOffer(
  client: MarketContext,
  { offer, signal }: SignOfferParameters,
): Promise<SignedOffer> {
  const sign = await signer(client, "signOffer", signal);
  return { offer, signature: await sign((domain) => offerTypedData(domain, offer)) };
}

/** Signs a bid, as a worker. */
export async function signBid(
  client: MarketContext,
  { bid, signal }: SignBidParameters,
): Promise<SignedBid> {
  const sign = await signer(client, "signBid", signal);
  return { bid, signature: await sign((domain) => bidTypedData(domain, bid)) };
}

/** Signs an award, as the selector that the offer names. */
export async function signAward(
  client: MarketContext,
  { award, signal }: SignAwardParameters,
): Promise<SignedAward> {
  const sign = await signer(client, "signAward", signal);
  return { award, signature: await sign((domain) => awardTypedData(domain, award)) };
}

async function signer(client: MarketContext, action: string, signal: AbortSignal | undefined) {
  const { wallet } = client;
  const domain = domainOf(client, action);
  if (wallet === undefined) throw new AccountRequiredError(action);
  await requireMarketplace(client, signal);
  return (typed: (domain: OffersDomain) => unknown): Promise<Hex> =>
    abortable(
      wallet.signTypedData(typed(domain) as Parameters<Wallet["signTypedData"]>[0]),
      signal,
    );
}
