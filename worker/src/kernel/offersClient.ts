import type { JobTerms, OffersDomain, WriteReturnType } from "@assay/sdk";
import type { OfferRecord } from "../store/offerStore.ts";

export interface OfferCall {
  known: Pick<OfferRecord, "offer" | "spec" | "signature" | "award">;
  /** Of the job, with its price. */
  terms: JobTerms;
  batch: number;
  signal: AbortSignal;
}

/** The calls by which a worker gets batches of signed offers. */
export interface OffersClient {
  /** The contract that admits workers to offers. */
  domain: OffersDomain;
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
}
