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

export interface AdvanceDisputeParameters extends WriteParameters {
  id: DisputeId;
}

export type AdvanceDisputeReturnType = WriteReturnType;

export type AdvanceDisputeErrorType =
  | WriteErrorType
  | ContractErrorOf<"JuryArbiter_NothingToAdvance">;

/** Asks for new randomness, or for another panel, when the one before is overdue or did not come together. Anyone may. */
export async function advanceDispute(
  client: JuryContext,
  { id, signal }: AdvanceDisputeParameters,
): Promise<AdvanceDisputeReturnType> {
  const call = { functionName: "advance", args: [id] } as const;
  return transactionOf(await writeJury(client, call, { signal }));
}
