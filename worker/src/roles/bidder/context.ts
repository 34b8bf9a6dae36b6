import type { Direct } from "@assay/network";
import type { Bid } from "@assay/sdk";
import type { Hex } from "viem";
import type { Arbiters } from "../../disputes/arbiters/arbiters.ts";
import type { NodeContext } from "../../kernel/context.ts";
import type { OffersClient } from "../../kernel/offersClient.ts";
import type { PricingPolicy } from "../../policy/pricing.ts";
import type { ClaimTurns } from "../worker/claimTurns.ts";

/** The context of everything that a bidder does. */
export interface BidderContext extends NodeContext {
  offers: OffersClient;
  direct: Pick<Direct, "ask" | "serve">;
  arbiters: Arbiters;
  pricing: Pick<PricingPolicy, "askedReward">;
  turns: ClaimTurns;
  signBid: (bid: Bid) => Promise<Hex>;
  mayClaim: () => boolean;
}
