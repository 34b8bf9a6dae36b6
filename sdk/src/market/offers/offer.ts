import type { Address, Hex } from "viem";
import type { JobTerms } from "../../protocol/job/job.ts";

/** This bit of `JobTerms.minScore` reserves a job for workers that an agent of the requester admits. */
export const RESERVED = 0x8000;

/** What a requester signs beside the terms: `contracts/offers/types/Offer.sol` has the same. */
export interface OfferConditions {
  /** What a task pays at first, in the token's smallest unit. */
  minReward: bigint;
  /** What a task pays at most; as much as `minReward` if the price is fixed. */
  maxReward: bigint;
  /** Unix second from which the price rises. */
  rampFrom: number;
  /** Seconds in which it rises from the least to the most, evenly. */
  rampSeconds: number;
  /** Last second (Unix time) at which the offer may be taken or posted. */
  takeUntil: number;
  /** Most that the offer may cost in all, fee included, in the token's smallest unit. */
  limit: bigint;
  /** What whoever posts the job without claiming it is paid, in the token's smallest unit. */
  fee: bigint;
  /** Who may award it; the zero address if nobody. */
  selector: Address;
  /** Last second (Unix time) for which only awarded workers may take it. */
  awardUntil: number;
  /** How long the turn of a winner lasts, and that of a backup. */
  turnSeconds: number;
  /** What a bidder stands to lose if it wins and does not claim, in wei. */
  bidBond: bigint;
  /** Any number below 2²⁵⁶ that the requester has not used for an offer. */
  nonce: bigint;
}

/** A job whose price is still to be found. */
export interface Offer extends OfferConditions {
  /** `rewardPerTask` is zero, and the job is not reserved: whoever brings the offer on chain adds both. */
  terms: JobTerms;
}

/** What a worker signs to ask for a price. */
export interface Bid {
  /** The offer's digest. */
  offer: Hex;
  worker: Address;
  /** What it asks for a task, in the token's smallest unit. */
  reward: bigint;
  /** In how many seconds after its claim it means to submit. */
  workSeconds: number;
  /** Last second (Unix time) for which the worker stands by it. */
  goodUntil: number;
  /** Any number below 2²⁵⁶ that the worker has not used for a bid. */
  nonce: bigint;
}

/** What a selector signs: who has which batches, and at which price. */
export interface Award {
  /** The offer's digest. */
  offer: Hex;
  firstBatch: number;
  batchCount: number;
  winner: Address;
  /** Has its turn after the winner; the zero address if nobody. */
  backup: Address;
  /** What a task pays, in the token's smallest unit. */
  reward: bigint;
  /** Unix second at which the winner's turn begins; where a bond is asked for, it begins when the award is registered. */
  from: number;
  /** The digest of the winner's bid. */
  bid: Hex;
}

/** Something that was signed, and by what. */
export interface SignedOffer {
  offer: Offer;
  signature: Hex;
}

export interface SignedAward {
  award: Award;
  signature: Hex;
}

/** How the money of a job comes along: as credit that is there, as tokens that the Marketplace may take, or by Permit2. */
export type OfferPayment =
  | { source: "credit" }
  /** With an ERC-2612 permit of the requester's for the Marketplace, or an allowance that is there already. */
  | { source: "allowance"; permit?: TokenPermit | undefined }
  | { source: "permit2"; permit: Permit2Transfer };

export interface TokenPermit {
  value: bigint;
  deadline: bigint;
  v: number;
  r: Hex;
  s: Hex;
}

/** What a requester signs for Permit2: see `permit2TypedData`. */
export interface Permit2Transfer {
  /** The most that may be taken, in the token's smallest unit. */
  amount: bigint;
  nonce: bigint;
  deadline: bigint;
  signature: Hex;
}

/** What a task may pay at a time: the ramp of an offer. */
export function rewardAt(
  { minReward, maxReward, rampFrom, rampSeconds }: OfferConditions,
  timestamp: number,
  /** From where it goes on, if a job of the offer failed: see `getResumption`. */
  resumption?: { reward: bigint; since: number } | undefined,
): bigint {
  if (minReward === maxReward) return minReward;
  const [start, from] =
    resumption === undefined ? [minReward, rampFrom] : [resumption.reward, resumption.since];
  if (timestamp <= from) return start;
  const rise =
    rampSeconds === 0
      ? maxReward
      : ((maxReward - minReward) * BigInt(timestamp - from)) / BigInt(rampSeconds);
  return start + rise < maxReward ? start + rise : maxReward;
}

/** The terms of the job that an offer becomes. */
export function termsOfOffer(
  { terms }: Pick<Offer, "terms">,
  { reward, isReserved = false }: { reward: bigint; isReserved?: boolean },
): JobTerms {
  const minScore = isReserved ? terms.minScore | RESERVED : terms.minScore;
  return { ...terms, rewardPerTask: reward, minScore };
}
