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
import { getAppealFee } from "./getAppealFee.ts";

export interface AppealRulingParameters extends WriteParameters {
  id: DisputeId;
  /** The ruling that is appealed: after a reorganisation, it may be another. */
  expected: Ruling;
}

export type AppealRulingReturnType = WriteReturnType;

export type AppealRulingErrorType =
  | WriteErrorType
  | ContractErrorOf<"JuryArbiter_WrongFee" | "JuryArbiter_WrongRuling" | "JuryArbiter_WrongStage">;

/** Asks for a larger panel, whose ruling is final, and pays for it. Anyone may, once a dispute. */
export async function appealRuling(
  client: JuryContext,
  { id, expected, signal }: AppealRulingParameters,
): Promise<AppealRulingReturnType> {
  const fee = await getAppealFee(client, { signal });
  const call = { functionName: "appeal", args: [id, expected], value: fee } as const;
  return transactionOf(await writeJury(client, call, { signal }));
}
