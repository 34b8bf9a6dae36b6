import type { Direct } from "@assay/network";
import type { Bid, JobTerms } from "@assay/sdk";
import type { Hex } from "viem";
import type { Arbiters } from "../../disputes/arbiters/arbiters.ts";
import type { Refusal } from "../../jobs/refusal.ts";
import type { NodeContext } from "../../kernel/context.ts";
import type { OffersClient } from "../../kernel/offersClient.ts";
import type { ClaimTurns } from "../worker/claimTurns.ts";

/** What of an offer a price depends on, beside what is known of the program. */
export interface PricedOffer extends Pick<JobTerms, "token" | "batchSize" | "taskCount"> {
  minReward: bigint;
  maxReward: bigint;
}

/** What a node asks for the tasks of an offer. */
export interface PricingPolicy {
  /**
   * @param taskMs - duration of the tried task, in milliseconds.
   * @returns what it asks for a task, in the smallest unit of the offer's token, or why it does not bid.
   */
  askedReward(offer: PricedOffer, tried: { taskMs: number }): Promise<bigint | Refusal>;
}

/** The context of everything that a bidder does. */
export interface BidderContext extends NodeContext {
  offers: OffersClient;
  direct: Pick<Direct, "ask" | "serve">;
  arbiters: Arbiters;
  pricing: PricingPolicy;
  turns: ClaimTurns;
  signBid: (bid: Bid) => Promise<Hex>;
  mayClaim: () => boolean;
}
