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

export interface WithdrawJurorCreditParameters extends WriteParameters {
  /** Default: the account itself. */
  to?: Address | undefined;
}

export interface WithdrawJurorCreditReturnType extends WriteReturnType {
  /** Wei that were sent. */
  amount: bigint;
}

export type WithdrawJurorCreditErrorType =
  | WriteErrorType
  | ContractErrorOf<"JuryArbiter_NoCredit" | "JuryArbiter_ZeroRecipient">;

/** Sends everything that the account earned with the jury. */
export async function withdrawJurorCredit(
  client: JuryContext,
  { to: chosen, signal }: WithdrawJurorCreditParameters = {},
): Promise<WithdrawJurorCreditReturnType> {
  const to = chosen ?? client.wallet?.account.address;
  if (to === undefined) throw new AccountRequiredError("withdrawJurorCredit");
  const call = { functionName: "withdraw", args: [to] } as const;
  const written = await writeJury(client, call, { signal });
  return {
    ...transactionOf(written),
    amount: juryEventOf(client, written, "CreditWithdrawn").amount,
  };
}
