import { toChainSpec } from "../../../protocol/job/hash.ts";
import type { JobId, JobSpec, JobTerms } from "../../../protocol/job/job.ts";
import type { SignedAward, SignedOffer } from "../../../protocol/offer/offer.ts";
import {
  eventOf,
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
} from "../../chain/write.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";
import { writeOffers } from "../../offers/callOffers.ts";
import { jobOfOffer } from "../../offers/calls.ts";
import type { OfferPayment } from "../../offers/offer.ts";
import { encodePermission } from "../../offers/permission.ts";

export interface PostOfferParameters extends WriteParameters, SignedOffer {
  spec: JobSpec;
  /** An offer whose price can rise is posted as it was awarded, or not at all. */
  award?: SignedAward | undefined;
  /** Where the requester's money comes from. Default: its credit. */
  payment?: OfferPayment | undefined;
}

export interface PostOfferReturnType extends WriteReturnType {
  jobId: JobId;
  /** Of the job, with its price. */
  terms: JobTerms;
}

export type PostOfferErrorType =
  | WriteErrorType
  | ContractErrorOf<
      | "Marketplace_AlreadyPosted"
      | "Marketplace_InsufficientCredit"
      | "Marketplace_NoRight"
      | "Offers_Expired"
      | "Offers_NonceUsed"
      | "Offers_OverLimit"
      | "Offers_PriceRises"
      | "Offers_WrongAward"
      | "Offers_WrongSignature"
    >;

/** Posts an offer's job in its requester's name, without a claim. The account earns the offer's fee, as credit. */
export async function postOffer(
  client: MarketContext,
  { offer, signature, spec, award, payment, signal }: PostOfferParameters,
): Promise<PostOfferReturnType> {
  const terms = jobOfOffer({ offer, reward: offer.minReward, award });
  const permission = encodePermission({ offer, signature }, { award, payment });
  const args = [terms, toChainSpec(spec), permission] as const;
  const written = await writeOffers(client, { functionName: "post", args }, { signal });
  return { ...transactionOf(written), jobId: eventOf(client, written, "JobPosted").job, terms };
}
