import type { Question } from "../../../protocol/dispute/question.ts";
import type { JobTerms } from "../../../protocol/job/job.ts";
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
import { getQuestionCosts } from "../read/getQuestionCosts.ts";

export interface DemandParameters extends WriteParameters {
  terms: JobTerms;
  /** What was prepared: without a ground, and with a zero answer. The money beyond the demand's bond is credit again. */
  question: Question;
  /** Wei that were prepared. */
  prepared: bigint;
}

export interface DemandReturnType extends WriteReturnType {
  /** What `forfeit` takes, and `reveal`. */
  round: number;
  number: number;
  /** Wei that are locked for it. */
  bond: bigint;
  /** Last second (Unix time) of the answer. */
  deadline: number;
}

export type DemandErrorType =
  | WriteErrorType
  | ContractErrorOf<
      | "Marketplace_ChallengeWindowOver"
      | "Marketplace_NoArbiter"
      | "Marketplace_NoSuchTask"
      | "Marketplace_NotPrepared"
      | "Marketplace_WrongGround"
      | "Marketplace_WrongJob"
      | "Marketplace_WrongRoot"
      | "Marketplace_WrongStatus"
      | "Marketplace_WrongValue"
    >;

/**
 * Asks the worker of a submitted batch to show the leaf of one task. If it does not in time, it was wrong; if it does, half of the bond
 * is the worker's, and the other half burned.
 *
 * @throws {@link WrongValueError} when somebody else asked meanwhile, and it takes more: try again.
 */
export async function demand(
  client: MarketContext,
  { terms, question, prepared, signal }: DemandParameters,
): Promise<DemandReturnType> {
  const { batch } = question;
  const { nextDemand } = await getQuestionCosts(client, { terms, batch, signal });
  const call = {
    functionName: "demand",
    args: [terms, question],
    value: nextDemand > prepared ? nextDemand - prepared : 0n,
  } as const;
  const written = await write(client, call, { signal });
  const { round, number, bond, deadline } = eventOf(client, written, "LeafDemanded");
  return { ...transactionOf(written), round, number, bond, deadline };
}
