import { type Abi, decodeErrorResult, type Hex, isHex } from "viem";
import { expect } from "vitest";

/** Asserts that a call reverts with this very error of an ABI and these very operands. */
export async function expectRevertOf(
  abi: Abi,
  call: Promise<unknown>,
  errorName: string,
  args?: readonly unknown[],
): Promise<void> {
  const error = await call.then(
    () => new Error(`Expected ${errorName}, but the call went through`),
    (reason: unknown) => reason,
  );
  const data = revertData(error);
  if (data === undefined) throw error;
  const revert = decodeErrorResult({ abi, data });
  expect({ errorName: revert.errorName, args: revert.args }).toEqual({ errorName, args });
}

/** The bytes that the EVM reverted with. Hardhat's node puts them in `data`, or in `data.data` when a gas estimate failed. */
function revertData(error: unknown): Hex | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const data: unknown = "data" in cause ? cause.data : undefined;
    if (isHex(data)) return data;
    if (typeof data === "object" && data !== null && "data" in data && isHex(data.data)) {
      return data.data;
    }
  }
  return undefined;
}
