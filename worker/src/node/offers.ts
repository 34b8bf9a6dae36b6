import type { Direct } from "@assay/network";
import {
  addBond,
  bidDigest,
  claimAwarded,
  getBond,
  getRegistration,
  hashTerms,
  type MarketClient,
  registerAward,
  returnBond,
  takeOffer,
} from "@assay/sdk";
import { parseAbi } from "viem";
import type { Arbiters } from "../disputes/arbiters/arbiters.ts";
import type { NodeContext } from "../kernel/context.ts";
import type { OfferCall, OffersClient } from "../kernel/offersClient.ts";
import { type Bidder, createBidder } from "../roles/bidder/bidder.ts";
import type { BidderContext } from "../roles/bidder/context.ts";
import { createClaimTurns } from "../roles/worker/claimTurns.ts";
import { isReserved } from "../roles/worker/reservedJobs.ts";
import type { NodeOptions } from "./options.ts";

const erc1271Abi = parseAbi([
  "function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)",
]);
/** What a contract answers whose signature it is. */
const VALID_SIGNATURE = "0x1626ba7e";

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
  const awardedOf = (known: OfferCall["known"]) => {
    const { award, ...signed } = signedOf(known);
    if (award === undefined) throw new TypeError("the offer was not awarded");
    return { ...signed, award };
  };
  return {
    domain: { chainId: chain.id, offers },
    async isSignedByContract({ digest, offer, signature }) {
      const contract = { abi: erc1271Abi, address: offer.terms.requester };
      const call = {
        ...contract,
        functionName: "isValidSignature",
        args: [digest, signature],
      } as const;
      // Of an account without code, of one that reverts, and of a chain that does not answer, nothing is known.
      const answer = await client.public.readContract(call).catch(() => undefined);
      return answer === VALID_SIGNATURE;
    },
    takeOffer({ known, terms, batch, signal }) {
      const reward = terms.rewardPerTask;
      const { award, ...signed } = signedOf(known);
      return takeOffer(client, {
        ...{ ...signed, batch, reward, signal },
        award: isReserved(terms) ? award : undefined,
      });
    },
    async claimAwarded({ known, batch, signal }) {
      const { award, offer, signature } = awardedOf(known);
      return claimAwarded(client, { offer, signature, award, batch, signal });
    },
    getBond: (signal) => getBond(client, { signal }),
    addBond: (amount, signal) => addBond(client, { amount, signal }),
    getRegistration: ({ known, signal }) =>
      getRegistration(client, { offer: known.digest, signal }),
    async registerAward({ known, signal }) {
      if (known.bid === undefined) throw new TypeError("the award is for another's bid");
      return registerAward(client, { ...awardedOf(known), bid: known.bid, signal });
    },
    async isClaimable({ terms, signal }) {
      const [job, rights] = await Promise.all([
        client.getJob({ jobId: hashTerms(terms), signal }),
        client.getRights({ account: terms.requester, operator: offers, signal }),
      ]);
      return job.status === "posted" && rights.includes("request");
    },
    async returnBond({ known, signal }) {
      const { offer, award } = awardedOf(known);
      return returnBond(client, { offer, award: award.award, signal });
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
