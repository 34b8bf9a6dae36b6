import {
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
} from "../../chain/write.ts";
import type { JuryContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";
import { juryEventOf, writeJury } from "./call.ts";

export interface DepositJurorStakeParameters extends WriteParameters {
  /** Wei of the native coin. */
  amount: bigint;
}

export interface DepositJurorStakeReturnType extends WriteReturnType {
  /** The juror. */
  number: number;
}

export type DepositJurorStakeErrorType =
  | WriteErrorType
  | ContractErrorOf<"JuryArbiter_BelowTicket" | "JuryArbiter_PoolFull" | "JuryArbiter_ZeroAmount">;

/** Adds to the account's juror stake. It counts in draws for disputes that are opened from the next epoch on. */
export async function depositJurorStake(
  client: JuryContext,
  { amount, signal }: DepositJurorStakeParameters,
): Promise<DepositJurorStakeReturnType> {
  const call = { functionName: "deposit", args: [], value: amount } as const;
  const written = await writeJury(client, call, { signal });
  return { ...transactionOf(written), number: juryEventOf(client, written, "Deposited").number };
}
