import type { Hex } from "viem";
import type { DisputeId } from "../../../protocol/dispute/dispute.ts";
import {
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
} from "../../chain/write.ts";
import type { JuryContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";
import { writeJury } from "./call.ts";

export interface CommitVerdictParameters extends WriteParameters {
  id: DisputeId;
  panel: number;
  /** See `verdictCommitment`. */
  commitment: Hex;
}

export type CommitVerdictReturnType = WriteReturnType;

export type CommitVerdictErrorType =
  | WriteErrorType
  | ContractErrorOf<
      | "JuryArbiter_AlreadyCommitted"
      | "JuryArbiter_NotCommitting"
      | "JuryArbiter_NotDrawn"
      | "JuryArbiter_ZeroCommitment"
    >;

/** Commits the account, a juror of this panel, to a verdict for all of its seats. */
export async function commitVerdict(
  client: JuryContext,
  { id, panel, commitment, signal }: CommitVerdictParameters,
): Promise<CommitVerdictReturnType> {
  const call = {
    functionName: "commit",
    args: [id, panel, commitment],
  } as const;
  return transactionOf(await writeJury(client, call, { signal }));
}
