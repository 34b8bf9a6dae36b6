import type { Address } from "viem";
import {
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
} from "../../chain/write.ts";
import type { JuryContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";
import { AccountRequiredError } from "../../errors/market.ts";
import { juryEventOf, writeJury } from "./call.ts";

export interface WithdrawJurorStakeParameters extends WriteParameters {
  /** Default: the account itself. */
  to?: Address | undefined;
}

export interface WithdrawJurorStakeReturnType extends WriteReturnType {
  /** Wei that were sent. */
  amount: bigint;
}

export type WithdrawJurorStakeErrorType =
  | WriteErrorType
  | ContractErrorOf<
      | "JuryArbiter_NothingUnbonding"
      | "JuryArbiter_StillUnbonding"
      | "JuryArbiter_StakeLocked"
      | "JuryArbiter_ZeroRecipient"
    >;

/** Sends juror stake that has unbonded, as far as no seat locks it. */
export async function withdrawJurorStake(
  client: JuryContext,
  { to: chosen, signal }: WithdrawJurorStakeParameters = {},
): Promise<WithdrawJurorStakeReturnType> {
  const to = chosen ?? client.wallet?.account.address;
  if (to === undefined) throw new AccountRequiredError("withdrawJurorStake");
  const call = { functionName: "withdrawStake", args: [to] } as const;
  const written = await writeJury(client, call, { signal });
  return {
    ...transactionOf(written),
    amount: juryEventOf(client, written, "StakeWithdrawn").amount,
  };
}
