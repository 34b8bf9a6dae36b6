import type { Address } from "viem";
import {
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
} from "../../chain/write.ts";
import type { ProofContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";
import { AccountRequiredError } from "../../errors/market.ts";
import { proofEventOf, writeProof } from "./call.ts";

export interface WithdrawProofCreditParameters extends WriteParameters {
  /** Default: the account itself. */
  to?: Address | undefined;
}

export interface WithdrawProofCreditReturnType extends WriteReturnType {
  /** Wei that were sent. */
  amount: bigint;
}

export type WithdrawProofCreditErrorType =
  | WriteErrorType
  | ContractErrorOf<"ProofArbiter_NoCredit" | "ProofArbiter_ZeroRecipient">;

/** Sends the account's credit with the ProofArbiter. */
export async function withdrawProofCredit(
  client: ProofContext,
  { to: chosen, signal }: WithdrawProofCreditParameters = {},
): Promise<WithdrawProofCreditReturnType> {
  const to = chosen ?? client.wallet?.account.address;
  if (to === undefined) throw new AccountRequiredError("withdrawProofCredit");
  const written = await writeProof(client, { functionName: "withdraw", args: [to] }, { signal });
  const { amount } = proofEventOf(client, written, "CreditWithdrawn");
  return { ...transactionOf(written), amount };
}
