import type { Hex } from "viem";
import type { MarketContext } from "../clients/marketContext.ts";
import type { ContractErrorOf } from "../errors/contract.ts";
import type { ContractRevertError } from "../errors/contractRevert.ts";
import type { SignedCall } from "../types/rights.ts";
import {
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
  write,
} from "./write.ts";

export interface CallSignedParameters extends WriteParameters {
  call: SignedCall;
  /** See `signCall`. */
  signature: Hex;
  /** Wei that go with the call: they are the client's account's, and not signed. Default: 0. */
  value?: bigint | undefined;
}

export type CallSignedReturnType = WriteReturnType;

export type CallSignedErrorType =
  | WriteErrorType
  | ContractErrorOf<
      "Marketplace_NonceUsed" | "Marketplace_SignatureExpired" | "Marketplace_WrongSignature"
    >
  | ContractRevertError;

/** Brings a call that another account signed. Anyone may, once. */
export async function callSigned(
  client: MarketContext,
  { call, signature, value = 0n, signal }: CallSignedParameters,
): Promise<CallSignedReturnType> {
  const signed = { functionName: "callSigned", args: [call, signature], value } as const;
  return transactionOf(await write(client, signed, { signal }));
}
