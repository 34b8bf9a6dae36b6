import type { Hex } from "viem";
import type { DisputeId, Ruling } from "../../../protocol/dispute/dispute.ts";
import {
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
} from "../../chain/write.ts";
import type { JuryContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";
import { writeJury } from "./call.ts";

export interface RevealVerdictParameters extends WriteParameters {
  id: DisputeId;
  panel: number;
  verdict: Ruling;
  /** That of the commitment. */
  salt: Hex;
}

export type RevealVerdictReturnType = WriteReturnType;

export type RevealVerdictErrorType =
  | WriteErrorType
  | ContractErrorOf<
      | "JuryArbiter_CommitmentMismatch"
      | "JuryArbiter_NotDrawn"
      | "JuryArbiter_NotRevealing"
      | "JuryArbiter_NoVerdict"
    >;

/** Reveals what the account committed to. The last of those who committed closes the panel. */
export async function revealVerdict(
  client: JuryContext,
  { id, panel, verdict, salt, signal }: RevealVerdictParameters,
): Promise<RevealVerdictReturnType> {
  const call = {
    functionName: "reveal",
    args: [id, panel, verdict, salt],
  } as const;
  return transactionOf(await writeJury(client, call, { signal }));
}
