import type { Address } from "viem";
import type { ReadParameters } from "../../chain/read.ts";
import type { ProofContext } from "../../context/marketContext.ts";
import { AccountRequiredError } from "../../errors/market.ts";
import { readProof } from "./call.ts";

export interface GetProofCreditParameters extends ReadParameters {
  /** Default: the client's own account. */
  account?: Address | undefined;
}

/** Wei. */
export type GetProofCreditReturnType = bigint;

export type GetProofCreditErrorType = AccountRequiredError;

/** Reads the credit that an account may withdraw from the ProofArbiter. */
export async function getProofCredit(
  client: ProofContext,
  { account = client.wallet?.account.address, ...options }: GetProofCreditParameters = {},
): Promise<GetProofCreditReturnType> {
  if (account === undefined) throw new AccountRequiredError("getProofCredit");
  return readProof(client, "credit", [account], options);
}
