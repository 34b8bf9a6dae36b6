import type { CompiledContract } from "@assay/ignition/known";
import type { MarketClient } from "@assay/sdk";
import { type Abi, type Address, encodeDeployData, type Hex, numberToHex, pad } from "viem";
import { CodeDifference, compareCode, type FilledIn } from "./compareCode.ts";
import { constructorRefusal, contractOf, creationOf } from "./creation.ts";

/** One thing that was looked at. */
export interface Check {
  /** `marketplace code` */
  check: string;
  ok: boolean;
  detail: string;
}

/** A contract of a deployment, with what verifying its source needs. */
export interface DeployedContract {
  contract: CompiledContract;
  address: Address;
  libraries: Record<string, Address>;
  /** What its constructor was given, encoded. */
  constructorArguments: Hex;
}

export async function inspectCode(
  client: MarketClient,
  name: string,
  address: Address,
  checks: Check[],
): Promise<FilledIn | undefined> {
  const check = `${name} code`;
  try {
    const filled = compareCode(contractOf(name), await codeAt(client, address));
    checks.push({ check, ok: true, detail: `${address} has the compiled code` });
    return filled;
  } catch (error) {
    if (!(error instanceof CodeDifference)) throw error;
    checks.push({ check, ok: false, detail: `${address}: ${error.message}` });
    return undefined;
  }
}

export async function codeAt(client: MarketClient, address: Address): Promise<Hex> {
  return (await client.public.getCode({ address })) ?? "0x";
}

export function deployedContract(
  name: string,
  address: Address,
  args: readonly unknown[],
  libraries: Record<string, Address> = {},
): DeployedContract {
  const contract = contractOf(name);
  const encoded = encodeDeployData({ abi: contract.abi as Abi, bytecode: "0x", args });
  return { contract, address, libraries, constructorArguments: encoded };
}

/** Code that is right with values that its constructor would not give it would do something else. */
export function immutablesCheck(
  what: string,
  { immutables }: FilledIn,
  known: readonly (bigint | number | string)[],
): Check {
  const words = new Set(known.map(wordOf));
  const stranger = immutables.find((value) => !words.has(value));
  return {
    check: `${what} immutables`,
    ok: stranger === undefined,
    detail:
      stranger === undefined
        ? "every value is one that its constructor gives"
        : `${stranger} is no value that the constructor would give`,
  };
}

/** Code may be put somewhere by another constructor than its own, with rules that its own would refuse. */
export async function boundsCheck(
  client: MarketClient,
  name: string,
  { args, libraries }: { args: readonly unknown[]; libraries?: Record<string, Address> },
): Promise<Check> {
  const contract = contractOf(name);
  const data = creationOf(contract, args, libraries);
  const refusal = await constructorRefusal(client.public, contract, { data });
  return {
    check: `${name} parameters`,
    ok: refusal === undefined,
    detail: refusal ?? "its constructor takes them",
  };
}

function wordOf(value: bigint | number | string): Hex {
  if (typeof value !== "string") return numberToHex(value, { size: 32 });
  return pad(value.toLowerCase() as Hex, { size: 32 });
}
