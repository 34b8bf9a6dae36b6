import type { Hex } from "viem";
import type { Dispute, ResultLeaf } from "../../../protocol/dispute/dispute.ts";
import {
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
} from "../../chain/write.ts";
import type { ProofContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";
import { proofEventIn, writeProof } from "./call.ts";
import { type Decision, toDecision } from "./decision.ts";

export interface ShowChunkParameters extends WriteParameters {
  dispute: Dispute;
  /** What the worker has committed to. */
  result: ResultLeaf;
  /** Of the chunk among those that were named. */
  place: number;
  /** The chunk, or a chunk of the root that links to its block, with its siblings: see `nextToShow`. */
  witness: Hex;
}

export interface ShowChunkReturnType extends WriteReturnType {
  /** If nothing is missing any more. */
  decision: Decision | undefined;
}

export type ShowChunkErrorType =
  | WriteErrorType
  | ContractErrorOf<
      | "ProofArbiter_NotMissing"
      | "ProofArbiter_NotYourTurn"
      | "ProofArbiter_TimeIsUp"
      | "ProofArbiter_WrongPart"
      | "ProofArbiter_WrongStage"
      | "Step_WitnessTooLong"
      | "Step_WitnessTooShort"
      | "Step_WrongChunk"
    >;

/** Shows one of the chunks that the challenger named, or some of the link to its block. */
export async function showChunk(
  client: ProofContext,
  { dispute, result, place, witness, signal }: ShowChunkParameters,
): Promise<ShowChunkReturnType> {
  const call = { functionName: "show", args: [dispute, result, place, witness] } as const;
  const written = await writeProof(client, call, { signal });
  const args = proofEventIn(client, written, "Decided");
  return { ...transactionOf(written), decision: args && toDecision(args) };
}
