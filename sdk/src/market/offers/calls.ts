import type { CID } from "multiformats/cid";
import { type Address, type Hex, zeroHash } from "viem";
import type { ChainCid } from "../../protocol/cid/chainCid.ts";
import { toChainCid } from "../../protocol/cid/chainCid.ts";
import { bytesToHex, hexToBytes } from "../../protocol/hashes/hex.ts";
import { type ChainJobSpec, toChainSpec } from "../../protocol/job/hash.ts";
import type { JobSpec, JobTerms } from "../../protocol/job/job.ts";
import { bindRoot } from "../../protocol/merkle/bound.ts";
import { type OfferPayment, type SignedAward, type SignedOffer, termsOfOffer } from "./offer.ts";
import { encodePermission } from "./permission.ts";

/** What a worker takes an offer with. */
export interface TakeOptions extends SignedOffer {
  /** The contract `Offers` that it is signed for. */
  offers: Address;
  spec: JobSpec;
  /** What a task shall pay: at most what the ramp has reached. Not of an awarded offer, whose award says it. */
  reward: bigint;
  /** Who has it, if it was awarded. */
  award?: SignedAward | undefined;
  /** Where the requester's money comes from. Default: its credit. */
  payment?: OfferPayment | undefined;
}

/** `take` at the Marketplace: what `encodeCall` and `write` take. */
export interface TakeCall {
  functionName: "take";
  args: readonly [JobTerms, ChainJobSpec, Hex, ChainCid, Address, Hex];
}

export interface ClaimReservedCall {
  functionName: "claimReserved";
  args: readonly [JobTerms, number, Address, Hex];
}

/** The job that an offer becomes: reserved, and at the award's price, if there is one. */
export function jobOfOffer({
  offer,
  reward,
  award,
}: Pick<TakeOptions, "offer" | "reward" | "award">): JobTerms {
  return award === undefined
    ? termsOfOffer(offer, { reward })
    : termsOfOffer(offer, { reward: award.award.reward, isReserved: true });
}

const NO_RESULTS: ChainCid = { prefix: "0x00000000", digest: zeroHash };

/** Posts an offer's job in its requester's name, and claims its first batch. */
export function takeCall(options: TakeOptions): TakeCall {
  return takeWith(options, { root: zeroHash, results: NO_RESULTS });
}

/**
 * Posts an offer's job, claims its first batch and submits it, in one. The root is bound to the worker: who copies the call can show no leaf.
 */
export function fulfilCall({
  worker,
  resultRoot,
  results,
  ...options
}: TakeOptions & { worker: Address; resultRoot: Hex; results: CID }): TakeCall {
  const root = bytesToHex(bindRoot(hexToBytes(resultRoot), worker));
  return takeWith(options, { root, results: toChainCid(results) });
}

function takeWith(
  options: TakeOptions,
  { root, results }: { root: Hex; results: ChainCid },
): TakeCall {
  const { offers, spec } = options;
  const permission = encodePermission(options, options);
  const args = [jobOfOffer(options), toChainSpec(spec), root, results, offers, permission] as const;
  return { functionName: "take", args };
}

/** Claims a batch of a job that was posted as it was awarded. */
export function claimAwardedCall({
  batch,
  award,
  ...signed
}: SignedOffer & { offers: Address; award: SignedAward; batch: number }): ClaimReservedCall {
  const terms = termsOfOffer(signed.offer, { reward: award.award.reward, isReserved: true });
  return {
    functionName: "claimReserved",
    args: [terms, batch, signed.offers, encodePermission(signed, { award })],
  };
}
