import {
  type ContractFunctionArgs,
  type ContractFunctionName,
  type DecodeFunctionDataReturnType,
  decodeFunctionData,
  encodeFunctionData,
  type Hex,
} from "viem";
import { marketplaceAbi } from "../../generated/marketplaceAbi.ts";

type Abi = typeof marketplaceAbi;
type FunctionName = ContractFunctionName<Abi, "nonpayable" | "payable">;

/** A call of the Marketplace as `callFor` and `callSigned` take it: selector and arguments, as its ABI has them. */
export function encodeCall<const Name extends FunctionName>(
  functionName: Name,
  args: ContractFunctionArgs<Abi, "nonpayable" | "payable", Name>,
): Hex {
  // The types of this call are checked; a generic one's are beyond what viem can tell.
  return encodeFunctionData({ abi: marketplaceAbi, functionName, args } as never);
}

/**
 * Decodes a call before it is signed: the function's name and its arguments.
 *
 * @throws viem's `AbiFunctionSignatureNotFoundError` when the Marketplace has no such function.
 */
export function decodeCall(data: Hex): DecodeFunctionDataReturnType<Abi> {
  return decodeFunctionData({ abi: marketplaceAbi, data });
}
