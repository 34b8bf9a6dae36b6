import type { Hex } from "viem";
import type { SignedCall } from "../../calls/rights.ts";
import {
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
  write,
} from "../../chain/write.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";
import type { ContractRevertError } from "../../errors/contractRevert.ts";

export interface CallSignedParameters extends WriteParameters {
  call: SignedCall;
  /** See `signCall`. */
  signature: Hex;
}

export type CallSignedReturnType = WriteReturnType;

export type CallSignedErrorType =
  | WriteErrorType
  | ContractErrorOf<
      "Marketplace_NonceUsed" | "Marketplace_SignatureExpired" | "Marketplace_WrongSignature"
    >
  | ContractRevertError;

/** Brings a call that another account signed, and pays the value that was signed. Anyone may, once. */
export async function callSigned(
  client: MarketContext,
  { call, signature, signal }: CallSignedParameters,
): Promise<CallSignedReturnType> {
  const { value } = call;
  const signed = { functionName: "callSigned", args: [call, signature], value } as const;
  return transactionOf(await write(client, signed, { signal }));
}
