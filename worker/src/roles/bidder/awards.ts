import { type AwardNews, isAwardBy } from "@assay/network";
import { bidDigest, hashTerms, type JobId, termsOfOffer } from "@assay/sdk";
import { isAddressEqual } from "viem";
import { refusalOf } from "../../jobs/policy.ts";
import type { Refusal } from "../../jobs/refusal.ts";
import type { OfferRecord } from "../../store/offerStore.ts";
import type { BidderContext } from "./context.ts";

export type Part = "winner" | "backup" | "other";

/** The part of an account in an award. */
export function partOf({ award }: AwardNews, { account }: Pick<BidderContext, "account">): Part {
  if (isAddressEqual(award.winner, account)) return "winner";
  return isAddressEqual(award.backup, account) ? "backup" : "other";
}

/** The terms of the job that an awarded offer becomes, and its name. */
export function awardedJob({ offer }: Pick<OfferRecord, "offer">, { award }: AwardNews) {
  const terms = termsOfOffer(offer, { reward: award.reward, isReserved: true });
  const jobId: JobId = hashTerms(terms);
  return { terms, jobId };
}

/**
 * Why an award is not acted on: it is not its selector's, or for another price than this node bid. `undefined` if it is good. A backup, and
 * everybody after it, works at the winner's price if its policy takes that.
 */
export function awardRefusal(
  context: Pick<BidderContext, "account" | "offers" | "policy">,
  known: OfferRecord,
  news: AwardNews,
): Refusal | undefined {
  const { award } = news;
  const { offer, spec, bid } = known;
  if (award.offer !== known.digest || !isAwardBy(context.offers.domain, offer, news)) {
    return { code: "OTHER", reason: "the award is not its selector's" };
  }
  if (award.reward > offer.maxReward) {
    return { code: "OTHER", reason: "the award is above the offer's price" };
  }
  if (partOf(news, context) === "winner") {
    const isOurs =
      bid !== undefined &&
      award.bid === bidDigest(context.offers.domain, bid.bid) &&
      award.reward === bid.bid.reward;
    if (!isOurs) return { code: "OTHER", reason: "the award is for another bid than ours" };
  }
  return refusalOf(awardedJob(known, news).terms, spec, context.policy);
}
