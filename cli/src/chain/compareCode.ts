import type { CodeRange, CompiledContract } from "@assay/ignition/known";
import { type Address, getAddress, type Hex } from "viem";

/** What was filled into a contract's code when it was deployed. */
export interface FilledIn {
  /** Addresses of libraries, by name. */
  libraries: Record<string, Address>;
  /** Values of immutables, 32 bytes each, without a place twice. */
  immutables: Hex[];
}

/** Why a code is not that of a contract. */
export class CodeDifference extends Error {}

/**
 * Compares the code at an address with what the compiler made of a contract: every byte but those where the addresses of libraries and
 * the values of immutables stand, and these have to be the same wherever one of them stands.
 *
 * @throws {@link CodeDifference} that says where they differ.
 */
export function compareCode(contract: CompiledContract, code: Hex): FilledIn {
  const expected = contract.deployedBytecode.slice(2).toLowerCase();
  const found = code.slice(2).toLowerCase();
  if (found === "") throw new CodeDifference("there is no contract");
  if (found.length !== expected.length) {
    throw new CodeDifference(
      `the code has ${found.length / 2} bytes, and that of ${contract.contractName} ${expected.length / 2}`,
    );
  }
  const links = Object.values(contract.deployedLinkReferences)
    .flatMap((libraries) => Object.entries(libraries))
    .map(([name, ranges]) => [name, same(found, ranges, `the library ${name}`)] as const);
  const immutables = Object.values(contract.immutableReferences).map((ranges) =>
    same(found, ranges, "an immutable"),
  );
  const filled = [
    ...Object.values(contract.deployedLinkReferences)
      .flatMap(Object.values<CodeRange[]>)
      .flat(),
    ...Object.values(contract.immutableReferences).flat(),
  ];
  checkRest(expected, found, filled);
  return {
    libraries: Object.fromEntries(links.map(([name, value]) => [name, getAddress(`0x${value}`)])),
    immutables: immutables.map((value) => `0x${value.padStart(64, "0")}` as const),
  };
}

/** What stands in all of these places. */
function same(code: string, ranges: readonly CodeRange[], what: string): string {
  const values = new Set(
    ranges.map(({ start, length }) => code.slice(2 * start, 2 * (start + length))),
  );
  const [value = ""] = values;
  if (values.size > 1) throw new CodeDifference(`${what} has two values`);
  return value;
}

function checkRest(expected: string, found: string, filled: readonly CodeRange[]): void {
  let from = 0;
  const ranges = filled.toSorted((a, b) => a.start - b.start);
  for (const { start, length } of [...ranges, { start: expected.length / 2, length: 0 }]) {
    const [wanted, there] = [expected, found].map((code) => code.slice(2 * from, 2 * start));
    if (wanted !== there) throw new CodeDifference(`the code differs after byte ${from}`);
    from = start + length;
  }
}
