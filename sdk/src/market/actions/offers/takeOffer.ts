import type { CID } from "multiformats/cid";
import type { Hex } from "viem";
import { abortable } from "../../../concurrency/abortable.ts";
import type { JobId, JobTerms } from "../../../protocol/job/job.ts";
import type { SignedAward, SignedOffer } from "../../../protocol/offer/offer.ts";
import { rewardAt } from "../../../protocol/offer/price.ts";
import {
  eventOf,
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
  write,
} from "../../chain/write.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";
import { AccountRequiredError } from "../../errors/market.ts";
import { requireOffers } from "../../offers/callOffers.ts";
import { claimAwardedCall, fulfilCall, type TakeOptions, takeCall } from "../../offers/calls.ts";

type Taken = Omit<TakeOptions, "offers" | "reward"> & {
  /** What a task shall pay, at most what the ramp has reached. Default: all of that, or what was awarded. */
  reward?: bigint | undefined;
};

export interface TakeOfferParameters extends WriteParameters, Taken {}

export interface TakeOfferReturnType extends WriteReturnType {
  jobId: JobId;
  /** Of the job, with its price. */
  terms: JobTerms;
  /** Last second (Unix time) at which the batch may be submitted. */
  deadline: number;
}

export interface FulfilOfferParameters extends WriteParameters, Taken {
  /** Merkle root over the batch's result leaves; it is bound to the account. */
  resultRoot: Hex;
  /** The index block of the result manifest; nothing of it should be served before this is mined. */
  results: CID;
}

export interface FulfilOfferReturnType extends WriteReturnType {
  jobId: JobId;
  terms: JobTerms;
}

export interface ClaimAwardedParameters extends WriteParameters, SignedOffer {
  award: SignedAward;
  batch: number;
}

export interface ClaimAwardedReturnType extends WriteReturnType {
  terms: JobTerms;
  /** Last second (Unix time) at which the batch may be submitted. */
  deadline: number;
}

export type TakeOfferErrorType =
  | WriteErrorType
  | ContractErrorOf<
      | "Marketplace_AlreadyPosted"
      | "Marketplace_InsufficientCredit"
      | "Marketplace_InsufficientStake"
      | "Marketplace_NoRight"
      | "Offers_AwardedOnly"
      | "Offers_Expired"
      | "Offers_NonceUsed"
      | "Offers_NotYourTurn"
      | "Offers_OverLimit"
      | "Offers_WrongAward"
      | "Offers_WrongPrice"
      | "Offers_WrongSignature"
    >;

/** Posts an offer's job in its requester's name and claims its first batch, in one transaction. */
export async function takeOffer(
  client: MarketContext,
  { signal, ...parameters }: TakeOfferParameters,
): Promise<TakeOfferReturnType> {
  const call = takeCall({
    ...parameters,
    ...(await priced(client, parameters, "takeOffer", signal)),
  });
  const written = await write(client, call, { signal, isRace: true });
  const { job: jobId, deadline } = eventOf(client, written, "BatchClaimed");
  return { ...transactionOf(written), jobId, terms: call.args[0], deadline };
}

/** Posts an offer's job, claims its first batch and submits it, in one transaction: for work that is done already. */
export async function fulfilOffer(
  client: MarketContext,
  { signal, ...parameters }: FulfilOfferParameters,
): Promise<FulfilOfferReturnType> {
  const { wallet } = client;
  if (wallet === undefined) throw new AccountRequiredError("fulfilOffer");
  const call = fulfilCall({
    ...parameters,
    ...(await priced(client, parameters, "fulfilOffer", signal)),
    worker: wallet.account.address,
  });
  const written = await write(client, call, { signal, isRace: true });
  const { job: jobId } = eventOf(client, written, "BatchSubmitted");
  return { ...transactionOf(written), jobId, terms: call.args[0] };
}

/** Claims a batch of a job that was posted as it was awarded, when it is the account's turn. */
export async function claimAwarded(
  client: MarketContext,
  { signal, ...parameters }: ClaimAwardedParameters,
): Promise<ClaimAwardedReturnType> {
  const offers = requireOffers(client, "claimAwarded");
  const call = claimAwardedCall({ ...parameters, offers });
  const written = await write(client, call, { signal, isRace: true });
  const { deadline } = eventOf(client, written, "BatchClaimed");
  return { ...transactionOf(written), terms: call.args[0], deadline };
}

async function priced(
  client: MarketContext,
  { offer, award, reward }: Pick<Taken, "offer" | "award" | "reward">,
  action: string,
  signal: AbortSignal | undefined,
): Promise<Pick<TakeOptions, "offers" | "reward">> {
  const offers = requireOffers(client, action);
  if (award !== undefined) return { offers, reward: award.award.reward };
  if (reward !== undefined) return { offers, reward };
  // The next block's clock is later, and its price at least as high.
  const { timestamp } = await abortable(client.public.getBlock(), signal);
  return { offers, reward: rewardAt(offer, Number(timestamp)) };
}
