import {
  type AbiParameter,
  ContractFunctionExecutionError,
  ContractFunctionRevertedError,
  encodeErrorResult,
  getAddress,
} from "viem";
import { describe, expect, test } from "vitest";
import { type AssayError, ContractRevertError, ManifestError, WireError } from "../../index.ts";
import { toContractError } from "./contract.ts";
import { contractErrors } from "./contractRevert.ts";

/** Errors that several contracts have are one. */
const named = [...new Map(contractErrors.map((item) => [item.name, item])).values()];

/** A value of each type that the errors have. */
const values: Record<string, unknown> = {
  address: getAddress(`0x${"0a".repeat(20)}`),
  bytes4: "0x01551e20",
  bytes32: `0x${Buffer.from("batchSize".padEnd(32, "\0")).toString("hex")}`,
  string: "a name",
  uint8: 1,
  uint16: 5000,
  uint32: 3,
  uint64: 7n,
  uint96: 2_500_000_000_000_000_000n,
  uint40: 2_000_000_000,
  uint256: 1_500_000_000_000_000_000n,
};

/** What viem throws when a call reverts with a custom error. */
function reverted(name: string, inputs: readonly AbiParameter[]): ContractFunctionExecutionError {
  const args = inputs.map(({ type }) => values[type]);
  const data = encodeErrorResult({ abi: contractErrors, errorName: name, args } as never);
  const cause = new ContractFunctionRevertedError({
    ...{ abi: [...contractErrors], data, functionName: "claim" },
  });
  return new ContractFunctionExecutionError(cause, {
    ...{ abi: [...contractErrors], functionName: "claim", args: [] },
  });
}

describe("the contract's errors", () => {
  test.each(named)("$name has a class, its operands and a message", ({ name, inputs }) => {
    const error = toContractError(reverted(name, inputs));
    expect(error).toBeInstanceOf(ContractRevertError);
    expect(error?.code).toBe(name);
    expect(error?.name).toMatch(/Error$/);
    const args = inputs.map((input: AbiParameter) => [input.name, values[input.type]]);
    expect(error?.args).toEqual(Object.fromEntries(args));
    expect(error?.message).toMatch(/^[A-Z0-9].*[.]$/);
    expect(error?.message).not.toMatch(/undefined|\[object/);
  });

  test("all have a class of their own", () => {
    const names = named.map((item) => toContractError(reverted(item.name, item.inputs))?.name);
    expect(new Set(names).size).toBe(named.length);
  });

  test("amounts are told in ether, times as dates", () => {
    const message = (name: string) => {
      const item = named.find((error) => error.name === name);
      return toContractError(reverted(name, item?.inputs ?? []))?.message;
    };
    expect(message("Marketplace_InsufficientStake")).toContain("1.5 ether");
    expect(message("Marketplace_NotOverdue")).toContain("2033-05-18T03:33:20.000Z");
    expect(message("Marketplace_OutOfBounds")).toMatch(
      /^The value of batchSize is 1500000000000000000: /,
    );
  });

  test("what is no error of the contract is left alone", () => {
    expect(toContractError(new Error("other"))).toBeUndefined();
    const cause = new ContractFunctionRevertedError({
      ...{ abi: [], data: "0x12345678", functionName: "claim" },
    });
    expect(toContractError(cause)).toBeUndefined();
  });
});

describe("every error", () => {
  const inner = new Error("inner");
  const middle = new WireError("why", { cause: inner });
  const outer: AssayError = new ManifestError("MANIFEST_MALFORMED", "What and what to do.", {
    details: "where",
    cause: middle,
  });

  test("says what is wrong first, and its details after", () => {
    expect(outer.shortMessage).toBe("What and what to do.");
    expect(outer.message).toBe("What and what to do.\nDetails: where");
    expect(outer.name).toBe("ManifestError");
    expect(String(outer)).toMatch(/^ManifestError: What/);
  });

  test("walks to its causes", () => {
    expect(outer.walk()).toBe(inner);
    expect(outer.walk((error) => error instanceof WireError)).toBe(middle);
    expect(outer.walk((error) => error === outer)).toBe(outer);
    expect(outer.walk((error) => error instanceof RangeError)).toBeUndefined();
  });
});
