import type { Dispute } from "../../../protocol/dispute/dispute.ts";
import {
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
} from "../../chain/write.ts";
import type { JuryContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";
import { juryEventOf, writeJury } from "./call.ts";

export interface SettleDisputeParameters extends WriteParameters {
  dispute: Dispute;
}

export interface SettleDisputeReturnType extends WriteReturnType {
  /** Seats that voted as the ruling says. */
  coherent: number;
  /** Wei that each of them earned. */
  share: bigint;
  /** Wei that went back to the appellant. */
  repaid: bigint;
  /** Wei that nobody got. */
  burned: bigint;
}

export type SettleDisputeErrorType = WriteErrorType | ContractErrorOf<"JuryArbiter_WrongStage">;

/** Pays and slashes the jurors of a dispute whose ruling is final. Anyone may. */
export async function settleDispute(
  client: JuryContext,
  { dispute, signal }: SettleDisputeParameters,
): Promise<SettleDisputeReturnType> {
  const call = { functionName: "settle", args: [dispute] } as const;
  const written = await writeJury(client, call, { signal });
  const event = juryEventOf(client, written, "DisputeSettled");
  const { coherent, share, repaid, burned } = event;
  return { ...transactionOf(written), coherent: Number(coherent), share, repaid, burned };
}
