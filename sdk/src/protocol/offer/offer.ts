import type { Address, Hex } from "viem";
import type { JobSpec, JobTerms } from "../job/job.ts";

/** A job whose price is still to be found, and the most that it may cost. `contracts/offers/types/Offer.sol` has the same. */
export interface Offer {
  /** The job, but for its price: `rewardPerTask` is zero. Its requester is who signs. */
  terms: JobTerms;
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
  /** How long the turn of a winner lasts, and that of a backup, in seconds. */
  turnSeconds: number;
  /** What a bidder stands to lose if it wins and does not claim, in wei. */
  bidBond: bigint;
  /** Any number that the requester has not used in this contract. */
  nonce: bigint;
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
  /** Any number that the worker has not used in this contract. */
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
  /** Unix second at which the winner's turn begins. */
  from: number;
  /** Digest of the winner's bid. */
  bid: Hex;
}

/** A signature of a key, or of an account that is a contract (ERC-1271). */
interface Signed {
  signature: Hex;
}

export interface SignedOffer extends Signed {
  offer: Offer;
}

/** An offer as workers hear of it. */
export interface AnnouncedOffer extends SignedOffer {
  /** The computation that `offer.terms.specHash` names. */
  spec: JobSpec;
}

export interface SignedBid extends Signed {
  bid: Bid;
}

export interface SignedAward extends Signed {
  award: Award;
}
