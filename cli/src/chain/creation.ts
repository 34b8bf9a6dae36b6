import { type CompiledContract, contracts } from "@assay/ignition/known";
import {
  type Abi,
  type Address,
  BaseError,
  decodeErrorResult,
  encodeDeployData,
  type Hex,
  hexToString,
  isHex,
  type PublicClient,
  type StateOverride,
} from "viem";

/** @throws TypeError when Assay deploys no contract of that name. */
export function contractOf(name: string): CompiledContract {
  const contract = contracts[name];
  if (contract === undefined) throw new TypeError(`there is no contract ${name}`);
  return contract;
}

/** What deploys a contract: its code, linked, and what its constructor is given. */
export function creationOf(
  { abi, bytecode, linkReferences }: CompiledContract,
  args: readonly unknown[],
  libraries: Readonly<Record<string, Address>> = {},
): Hex {
  let code = bytecode;
  for (const [name, ranges] of Object.values(linkReferences).flatMap(Object.entries)) {
    const address = libraries[name];
    if (address === undefined) throw new TypeError(`there is no address of the library ${name}`);
    for (const { start, length } of ranges) {
      const at = 2 + 2 * start;
      code = `${code.slice(0, at)}${address.slice(2).toLowerCase()}${code.slice(at + 2 * length)}`;
    }
  }
  return encodeDeployData({ abi: abi as Abi, bytecode: code as Hex, args });
}

/**
 * Why a contract's constructor refuses what it is given; `undefined` when it does not. Nothing is sent.
 *
 * @throws viem's errors when the chain does not answer.
 */
export async function constructorRefusal(
  client: PublicClient,
  contract: CompiledContract,
  { data, stateOverride = [] }: { data: Hex; stateOverride?: StateOverride },
): Promise<string | undefined> {
  try {
    await client.call({ data, stateOverride });
    return undefined;
  } catch (error) {
    const refusal = revertOf(error);
    if (refusal === undefined) throw error;
    try {
      const { errorName, args = [] } = decodeErrorResult({
        abi: contract.abi as Abi,
        data: refusal,
      });
      return `${errorName}(${(args as readonly unknown[]).map(shown).join(", ")})`;
    } catch {
      return `it reverts with ${refusal}`;
    }
  }
}

/** The data of a revert, wherever in an error a node's answer is. */
function revertOf(error: unknown): Hex | undefined {
  let data: Hex | undefined;
  const look = (cause: unknown) => {
    const inner = (cause as { data?: unknown } | null)?.data;
    const given = isHex((inner as { data?: unknown })?.data)
      ? (inner as { data: Hex }).data
      : inner;
    if (isHex(given) && given.length >= 10) data = given;
    return data !== undefined;
  };
  if (error instanceof BaseError) error.walk(look);
  else look(error);
  return data;
}

/** A word that stands for a text is shown as that. */
function shown(value: unknown): string {
  const isWord = isHex(value) && value.length === 66;
  const text = isWord ? hexToString(value, { size: 32 }) : "";
  return /^[\w ]+$/.test(text) ? text : String(value);
}
