import type { Address, Hex } from "viem";
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

export interface CallForParameters extends WriteParameters {
  /** In whose name: it has given the client's account the right to. */
  account: Address;
  /** See `encodeCall`. */
  data: Hex;
  /** Wei that go with the call. Default: 0. */
  value?: bigint | undefined;
}

export type CallForReturnType = WriteReturnType;

export type CallForErrorType =
  | WriteErrorType
  | ContractErrorOf<"Marketplace_NoRight">
  | ContractRevertError;

/** Makes a call in another account's name. What refuses the call itself is thrown as if the account had made it. */
export async function callFor(
  client: MarketContext,
  { account, data, value = 0n, signal }: CallForParameters,
): Promise<CallForReturnType> {
  const call = { functionName: "callFor", args: [account, data], value } as const;
  return transactionOf(await write(client, call, { signal }));
}
