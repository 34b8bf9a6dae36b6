import type { Hex } from "viem";
import type { Dispute } from "../../../protocol/dispute/dispute.ts";
import {
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
} from "../../chain/write.ts";
import type { JuryContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";
import { writeJury } from "./call.ts";

export interface DrawAndCommitVerdictParameters extends WriteParameters {
  dispute: Dispute;
  /** The proof that the source of randomness requires. Default: empty. */
  proof?: Hex | undefined;
  /** What the caller takes to be the current panel. */
  panel: number;
  /** See `verdictCommitment`. */
  commitment: Hex;
}

export type DrawAndCommitVerdictReturnType = WriteReturnType;

export type DrawAndCommitVerdictErrorType =
  | WriteErrorType
  | ContractErrorOf<
      | "JuryArbiter_AlreadyCommitted"
      | "JuryArbiter_NotCommitting"
      | "JuryArbiter_NotDrawn"
      | "JuryArbiter_WrongPanel"
      | "JuryArbiter_WrongStage"
      | "JuryArbiter_ZeroCommitment"
      | "Randomness_NotReady"
      | "Randomness_WrongProof"
    >;

/** Draws the current panel unless somebody has, and commits the account to a verdict. */
export async function drawAndCommitVerdict(
  client: JuryContext,
  { dispute, proof = "0x", panel, commitment, signal }: DrawAndCommitVerdictParameters,
): Promise<DrawAndCommitVerdictReturnType> {
  const call = {
    functionName: "drawAndCommit",
    args: [dispute, proof, panel, commitment],
  } as const;
  return transactionOf(await writeJury(client, call, { signal }));
}
