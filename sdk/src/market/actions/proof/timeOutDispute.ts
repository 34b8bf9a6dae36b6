import type { Dispute } from "../../../protocol/dispute/dispute.ts";
import type { WriteErrorType, WriteParameters, WriteReturnType } from "../../chain/write.ts";
import type { ProofContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";
import { writeProof } from "./call.ts";
import { type Decision, decided } from "./decision.ts";

export interface TimeOutDisputeParameters extends WriteParameters {
  dispute: Dispute;
}

export interface TimeOutDisputeReturnType extends WriteReturnType, Decision {}

export type TimeOutDisputeErrorType =
  | WriteErrorType
  | ContractErrorOf<"ProofArbiter_TimeIsLeft" | "ProofArbiter_WrongStage">;

/** Ends a dispute whose party to move has let its clock run out. Anyone may. */
export async function timeOutDispute(
  client: ProofContext,
  { dispute, signal }: TimeOutDisputeParameters,
): Promise<TimeOutDisputeReturnType> {
  const call = { functionName: "timeOut", args: [dispute] } as const;
  return decided(client, await writeProof(client, call, { signal }));
}
