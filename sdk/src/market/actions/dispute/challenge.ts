import type { Hex } from "viem";
import type { Dispute, DisputeId, ResultLeaf } from "../../../protocol/dispute/dispute.ts";
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

export interface ChallengeParameters extends WriteParameters {
  terms: JobTerms;
  /** What was prepared. */
  question: Question;
  /** What the worker says the task gave; see `toResultLeaf`. */
  leaf: ResultLeaf;
  /** The leaf's siblings, from below, under the batch's result root. */
  proof: readonly Hex[];
  /** Wei that were prepared. */
  prepared: bigint;
}

export interface ChallengeReturnType extends WriteReturnType {
  id: DisputeId;
  /** What `resolve` takes, and the arbiter's calls. */
  dispute: Dispute;
}

export type ChallengeErrorType =
  | WriteErrorType
  | ContractErrorOf<
      | "Marketplace_ChallengeWindowOver"
      | "Marketplace_LeafStands"
      | "Marketplace_NoArbiter"
      | "Marketplace_NoSuchTask"
      | "Marketplace_NotPrepared"
      | "Marketplace_WrongGround"
      | "Marketplace_WrongJob"
      | "Marketplace_WrongLeaf"
      | "Marketplace_WrongRoot"
      | "Marketplace_WrongStatus"
      | "Marketplace_WrongValue"
      | "JuryArbiter_NobodyToDraw"
    >;

/**
 * Challenges one task of a submitted batch before the job's arbiter. If bond and fee exceed the prepared amount, the difference is sent
 * along. All of it is returned, with a part of the worker's stake, if the arbiter finds the worker wrong and the answer right.
 *
 * @throws {@link WrongValueError} when somebody else asked meanwhile, and it takes more: try again.
 */
export async function challenge(
  client: MarketContext,
  { terms, question, leaf, proof, prepared, signal }: ChallengeParameters,
): Promise<ChallengeReturnType> {
  const { batch } = question;
  const { nextChallenge } = await getQuestionCosts(client, { terms, batch, signal });
  const call = {
    functionName: "challenge",
    args: [terms, question, leaf, proof],
    value: nextChallenge > prepared ? nextChallenge - prepared : 0n,
  } as const;
  const written = await write(client, call, { signal });
  const { id, dispute } = eventOf(client, written, "BatchChallenged");
  return { ...transactionOf(written), id, dispute };
}
