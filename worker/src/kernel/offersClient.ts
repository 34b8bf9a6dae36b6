import type { AwardRegistration, JobTerms, OffersDomain, WriteReturnType } from "@assay/sdk";
import type { OfferRecord } from "../store/offerStore.ts";

export interface OfferCall {
  known: Pick<OfferRecord, "digest" | "offer" | "spec" | "signature" | "award" | "bid">;
  /** Of the job, with its price. */
  terms: JobTerms;
  batch: number;
  signal: AbortSignal;
}

/** The calls by which a worker gets batches of signed offers. */
export interface OffersClient {
  /** The contract that admits workers to offers. */
  domain: OffersDomain;
  /** Whether the requester, which is a contract, says that an offer is signed by it (ERC-1271). */
  isSignedByContract(call: Pick<OfferRecord, "digest" | "offer" | "signature">): Promise<boolean>;
  /**
   * Posts an offer's job, and claims a batch of it.
   *
   * @throws ContractRevertError if somebody was faster, or it is another's turn.
   */
  takeOffer(call: OfferCall): Promise<WriteReturnType>;
  /**
   * Claims a batch of an awarded job that is posted.
   *
   * @throws ContractRevertError if somebody was faster, or it is another's turn.
   */
  claimAwarded(call: OfferCall): Promise<WriteReturnType & { deadline: number }>;
  /** What the account can bid with where an offer asks for a bond, in wei. */
  getBond(signal: AbortSignal): Promise<bigint>;
  addBond(amount: bigint, signal: AbortSignal): Promise<WriteReturnType>;
  /** When the turns of an award with a bond began, and what is held of it; `undefined` before. */
  getRegistration(
    call: Pick<OfferCall, "known" | "signal">,
  ): Promise<AwardRegistration | undefined>;
  /** Starts the turn of this account, which has won. */
  registerAward(call: Pick<OfferCall, "known" | "signal">): Promise<WriteReturnType>;
  /** Whether a posted job can be claimed: it is not cancelled, and its requester lets `Offers` act for it. */
  isClaimable(call: Pick<OfferCall, "terms" | "signal">): Promise<boolean>;
  /** Frees this account's bond, if the job that it won cannot be claimed. */
  returnBond(call: Pick<OfferCall, "known" | "signal">): Promise<WriteReturnType>;
}
