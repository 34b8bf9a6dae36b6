import type { Address, Hex } from "viem";
import { bytesToHex } from "./hex.ts";
import { keccakOfHex, keccakOfText } from "./keccak.ts";
import { type Fields, hashStruct } from "./struct.ts";

// EIP-712. viem has it, too, and with it come 400 modules, which a peer that reads no chain does without.

/** The contract that an EIP-712 signature is for: it is worth nothing in another, or on another chain. */
export interface SigningDomain {
  name: string;
  version: string;
  chainId: number;
  verifyingContract: Address;
}

const DOMAIN = {
  name: "bytes32",
  version: "bytes32",
  chainId: "uint256",
  verifyingContract: "address",
} as const;
const DOMAIN_TYPE =
  "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";

const hashText = (text: string): Hex => bytesToHex(keccakOfText(text));

/** A struct as EIP-712 spells it: `Name(type field,…)`. */
export function typeOf(name: string, fields: Readonly<Record<string, string>>): string {
  const members = Object.entries(fields).map(([field, type]) => `${type} ${field}`);
  return `${name}(${members.join(",")})`;
}

/** `hashStruct` of EIP-712. A field that is a struct itself is given as its hash, under `bytes32`. */
export function hashTyped<F extends Fields>(
  type: string,
  fields: F,
  values: Parameters<typeof hashStruct<F>>[1],
): Hex {
  return hashStruct(
    { type: "bytes32", ...fields } as Fields,
    {
      type: hashText(type),
      ...values,
    } as never,
  );
}

/** What is signed: the digest of a struct's hash for this domain. */
export function typedDigest(domain: SigningDomain, structHash: Hex): Hex {
  const { name, version, chainId, verifyingContract } = domain;
  const separator = hashTyped(DOMAIN_TYPE, DOMAIN, {
    ...{ name: hashText(name), version: hashText(version), chainId, verifyingContract },
  });
  return keccakOfHex(`0x1901${separator.slice(2)}${structHash.slice(2)}`);
}
