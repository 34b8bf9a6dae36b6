import type { Hex } from "viem";
import type { JobTerms } from "../../../protocol/job/job.ts";
import type { SignedOffer } from "../../../protocol/offer/offer.ts";
import type { ReadParameters } from "../../chain/read.ts";
import {
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
} from "../../chain/write.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";
import { readOffers, writeOffers } from "../../offers/callOffers.ts";
import { encodePermission } from "../../offers/permission.ts";

export interface ResumeOfferParameters extends WriteParameters, SignedOffer {
  /** Of the job that nobody holds any more, with its price. */
  terms: JobTerms;
}

export type ResumeOfferErrorType =
  | WriteErrorType
  | ContractErrorOf<"Offers_Expired" | "Offers_NotResumable" | "Offers_WrongSignature">;

export interface GetResumptionParameters extends ReadParameters {
  /** The offer's digest. */
  offer: Hex;
}

/** Cancels a job of an offer that nobody holds any more, so that the offer can be taken again, for more. Anyone may. */
export async function resumeOffer(
  client: MarketContext,
  { offer, signature, terms, signal }: ResumeOfferParameters,
): Promise<WriteReturnType> {
  const args = [terms, encodePermission({ offer, signature })] as const;
  return transactionOf(await writeOffers(client, { functionName: "resume", args }, { signal }));
}

/** From where the ramp of an offer goes on; `undefined` if no job of it was ended by `resumeOffer`, or it was taken again. */
export async function getResumption(
  client: MarketContext,
  { offer, ...options }: GetResumptionParameters,
): Promise<{ reward: bigint; since: number } | undefined> {
  const { reward, since } = await readOffers(client, "resumption", [offer], options);
  return since === 0 ? undefined : { reward, since };
}
