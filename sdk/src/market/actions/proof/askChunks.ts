import type { Dispute, ResultLeaf } from "../../../protocol/dispute/dispute.ts";
import {
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
} from "../../chain/write.ts";
import type { ProofContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";
import { writeProof } from "./call.ts";

export interface AskChunksParameters extends WriteParameters {
  dispute: Dispute;
  /** What the worker has committed to. */
  result: ResultLeaf;
  /** Indices of chunks of 1 KiB in the whole result: one to eight, in ascending order. */
  chunks: readonly number[];
}

export type AskChunksReturnType = WriteReturnType;

export type AskChunksErrorType =
  | WriteErrorType
  | ContractErrorOf<
      | "ProofArbiter_NoSuchChunk"
      | "ProofArbiter_NotYourTurn"
      | "ProofArbiter_TimeIsUp"
      | "ProofArbiter_WrongCount"
      | "ProofArbiter_WrongPart"
      | "ProofArbiter_WrongStage"
    >;

/** Names the chunks of an unavailable result that its worker has to show. */
export async function askChunks(
  client: ProofContext,
  { dispute, result, chunks, signal }: AskChunksParameters,
): Promise<AskChunksReturnType> {
  const call = { functionName: "ask", args: [dispute, result, chunks] } as const;
  return transactionOf(await writeProof(client, call, { signal }));
}
