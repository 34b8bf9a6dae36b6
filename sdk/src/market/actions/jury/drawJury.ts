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
import { juryEventOf, writeJury } from "./call.ts";

export interface DrawJuryParameters extends WriteParameters {
  dispute: Dispute;
  /** The proof that the source of randomness requires. Default: empty. */
  proof?: Hex | undefined;
}

export interface DrawJuryReturnType extends WriteReturnType {
  /** The numbers of the jurors, by seat: one may have several. None if there was nobody to draw. */
  jurors: readonly number[];
}

export type DrawJuryErrorType =
  | WriteErrorType
  | ContractErrorOf<"JuryArbiter_WrongStage" | "Randomness_NotReady" | "Randomness_WrongProof">;

/** Draws the current panel of a dispute, once its randomness is known. Anyone may. */
export async function drawJury(
  client: JuryContext,
  { dispute, proof = "0x", signal }: DrawJuryParameters,
): Promise<DrawJuryReturnType> {
  const call = { functionName: "draw", args: [dispute, proof] } as const;
  const written = await writeJury(client, call, { signal });
  return { ...transactionOf(written), jurors: juryEventOf(client, written, "JuryDrawn").jurors };
}
