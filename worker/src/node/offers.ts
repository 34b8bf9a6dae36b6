import type { Direct } from "@assay/network";
import { bidDigest, claimAwarded, type MarketClient, takeOffer } from "@assay/sdk";
import type { Arbiters } from "../disputes/arbiters/arbiters.ts";
import type { NodeContext } from "../kernel/context.ts";
import type { OfferCall, OffersClient } from "../kernel/offersClient.ts";
import { type Bidder, createBidder } from "../roles/bidder/bidder.ts";
import type { BidderContext } from "../roles/bidder/context.ts";
import { createClaimTurns } from "../roles/worker/claimTurns.ts";
import { isReserved } from "../roles/worker/reservedJobs.ts";
import type { NodeOptions } from "./options.ts";

/** The calls for signed offers, if the node knows the contract. */
export function createOffersClient(
  client: MarketClient,
  { chain, offers }: Pick<NodeOptions, "chain" | "offers">,
): OffersClient | undefined {
  if (offers === undefined) return undefined;
  const signedOf = ({ offer, spec, signature, award }: OfferCall["known"]) => ({
    ...{ offer, spec, signature },
    award: award && { award: award.award, signature: award.signature },
  });
  return {
    domain: { chainId: chain.id, offers },
    takeOffer({ known, terms, batch, signal }) {
      const reward = terms.rewardPerTask;
      const { award, ...signed } = signedOf(known);
      return takeOffer(client, {
        ...{ ...signed, batch, reward, signal },
        award: isReserved(terms) ? award : undefined,
      });
    },
    async claimAwarded({ known, batch, signal }) {
      const { award, offer, signature } = signedOf(known);
      if (award === undefined) throw new TypeError("the offer was not awarded");
      return claimAwarded(client, { offer, signature, award, batch, signal });
    },
  };
}

/** What bids for offers, if the node knows their contract. */
export function createOwnBidder(
  { account }: Pick<NodeOptions, "account">,
  {
    context,
    ...own
  }: {
    context: NodeContext;
    arbiters: Arbiters;
    direct: Pick<Direct, "ask" | "serve">;
    pricing: BidderContext["pricing"];
    mayClaim: () => boolean;
  },
): Bidder | undefined {
  const { offers } = context;
  if (offers === undefined) return undefined;
  return createBidder({
    ...{ ...context, ...own, offers },
    turns: createClaimTurns(context),
    // viem's accounts sign digests; a local one always can.
    async signBid(bid) {
      if (account.sign === undefined) throw new TypeError("the account cannot sign a bid");
      return await account.sign({ hash: bidDigest(offers.domain, bid) });
    },
  });
}
