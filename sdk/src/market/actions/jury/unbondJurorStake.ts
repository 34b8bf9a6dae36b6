import {
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
} from "../../chain/write.ts";
import type { JuryContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";
import { juryEventOf, writeJury } from "./call.ts";

export interface UnbondJurorStakeParameters extends WriteParameters {
  /** Wei. */
  amount: bigint;
}

export interface UnbondJurorStakeReturnType extends WriteReturnType {
  /** Unix seconds from which everything that unbonds may be withdrawn, as far as no seat locks it. */
  withdrawableAt: number;
}

export type UnbondJurorStakeErrorType =
  | WriteErrorType
  | ContractErrorOf<"JuryArbiter_InsufficientStake" | "JuryArbiter_ZeroAmount">;

/** Starts to take juror stake out. The clock (re)starts for everything that is unbonding. */
export async function unbondJurorStake(
  client: JuryContext,
  { amount, signal }: UnbondJurorStakeParameters,
): Promise<UnbondJurorStakeReturnType> {
  const call = { functionName: "unbond", args: [amount] } as const;
  const written = await writeJury(client, call, { signal });
  const { withdrawableAt } = juryEventOf(client, written, "Unbonded");
  return { ...transactionOf(written), withdrawableAt };
}
