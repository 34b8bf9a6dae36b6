import {
  AbiDecodingDataSizeTooSmallError,
  BaseError,
  ContractFunctionRevertedError,
  ContractFunctionZeroDataError,
} from "viem";
import { ContractRevertError } from "./contractRevert.ts";

/** Whether a call failed because of the contract: it refuses, has no such function, or is none. Else the node is out of reach. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof ContractRevertError) return true;
  const isOfContract = (cause: unknown) =>
    cause instanceof ContractFunctionRevertedError ||
    cause instanceof ContractFunctionZeroDataError ||
    cause instanceof AbiDecodingDataSizeTooSmallError;
  return error instanceof BaseError && error.walk(isOfContract) !== null;
}
