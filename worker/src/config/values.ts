import { multiaddr } from "@multiformats/multiaddr";
import { CID } from "multiformats/cid";
import { type Address, getAddress, isAddress, parseEther, parseGwei } from "viem";

// Parsers of option values. Each throws an Error that says what a good value looks like.

export function parseUrl(text: string): string {
  if (!/^(https?|wss?):$/.test(URL.parse(text)?.protocol ?? "")) {
    throw new Error("give a URL such as http://127.0.0.1:8545");
  }
  return text;
}

export function parseHttpUrl(text: string): string {
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? "")) {
    throw new Error("give a URL such as http://127.0.0.1:5001");
  }
  return text;
}

export function parseAddress(text: string): Address {
  if (!isAddress(text)) throw new Error("give an address: 0x and 40 hexadecimal digits");
  return getAddress(text);
}

/** `0.5`, `0.5ether`, `20gwei` or `1000wei`, as wei. */
export function parseAmount(text: string): bigint {
  const [, number = "", unit = "ether"] = /^(\d+(?:\.\d+)?)\s*(ether|gwei|wei)?$/.exec(text) ?? [];
  if (number === "" || (unit === "wei" && number.includes("."))) {
    throw new Error("give an amount such as 0.5 (ether), 20gwei or 1000wei");
  }
  if (unit === "wei") return BigInt(number);
  return unit === "gwei" ? parseGwei(number) : parseEther(number);
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || !Number.isSafeInteger(count)) {
    throw new Error("give a whole number from 1 on");
  }
  return count;
}

/** `500ms`, `10s`, `2m` or `1h`, as milliseconds. */
export function parseDuration(text: string): number {
  const [, number, unit] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? [];
  const factors: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
  const factor = factors[unit ?? ""];
  if (number === undefined || factor === undefined || Number(number) === 0) {
    throw new Error("give a duration such as 500ms, 10s or 2m");
  }
  return Number(number) * factor;
}

export function parseMultiaddr(text: string): string {
  try {
    return multiaddr(text).toString();
  } catch (cause) {
    throw new Error("give a multiaddr such as /ip4/127.0.0.1/tcp/4001", { cause });
  }
}

/** Parses a peer's multiaddr. The peer id is required: without it, anybody could answer there. */
export function parsePeerAddress(text: string): string {
  const address = parseMultiaddr(text);
  if (!address.includes("/p2p/")) throw new Error("the address has to end in /p2p/<peer id>");
  return address;
}

/** A name needs no peer id: it may stand for several peers. */
export function parseEntryAddress(text: string): string {
  return /^\/dns(addr|4|6)?\//.test(text) ? parseMultiaddr(text) : parsePeerAddress(text);
}

export function oneOf<const Choice extends string>(...choices: Choice[]): (text: string) => Choice {
  return (text) => {
    const choice = choices.find((c) => c === text);
    if (choice === undefined) throw new Error(`give one of ${choices.join(", ")}`);
    return choice;
  };
}

/** A share above 0 and at most 1, such as 0.05. */
export function parseShare(text: string): number {
  const share = /^\d*\.?\d+$/.test(text) ? Number(text) : 0;
  if (share <= 0 || share > 1) throw new Error("give a share above 0 and at most 1, such as 0.05");
  return share;
}

/** One amount by another, 0 or more: 0.5 is half of it, 2 is twice as much. */
export function parseRatio(text: string): number {
  if (!/^\d*\.?\d+$/.test(text)) throw new Error("give a number such as 0.5");
  return Number(text);
}

export const parseRole = oneOf("worker", "auditor", "juror", "bootstrap", "relay");

export function atMostOnce(values: readonly unknown[]): void {
  if (new Set(values).size !== values.length) throw new Error("name each once");
}

export function parsePath(text: string): string {
  if (text === "") throw new Error("give a path");
  return text;
}

export function parseChainId(text: string): number {
  try {
    return parseCount(text);
  } catch {
    throw new Error("give a chain id such as 1 or 8453");
  }
}

const SIZE_UNITS: Record<string, number> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

/** `500MB`, `10GB` or `10GiB`, as bytes. */
export function parseSize(text: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)\s*([kKMGT]?i?B)$/.exec(text) ?? [];
  const bytes = Math.round(Number(number) * (SIZE_UNITS[unit.toUpperCase()] ?? Number.NaN));
  if (!Number.isSafeInteger(bytes) || bytes < 1) {
    throw new Error("give a size such as 500MB, 10GB or 10GiB");
  }
  return bytes;
}

/** Where a server listens. */
export interface Endpoint {
  host: string;
  port: number;
}

/** `127.0.0.1:9464`, `[::1]:9464`, `localhost:9464`; port 0 takes a free one. */
export function parseEndpoint(text: string): Endpoint {
  const [, bracketed, plain, digits] =
    /^(?:\[([\da-fA-F:]+)\]|([\w.-]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || port > 65_535) {
    throw new Error("give a host and a port such as 127.0.0.1:9464");
  }
  return { host, port };
}

export function parseCid(text: string): CID {
  try {
    return CID.parse(text);
  } catch (cause) {
    throw new Error("give a CID such as bafk…", { cause });
  }
}

/** A share of the reward above 0, or `any`. */
export function parseGasShare(text: string): number {
  if (text === "any") return Number.POSITIVE_INFINITY;
  const share = /^\d*\.?\d+$/.test(text) ? Number(text) : 0;
  if (share <= 0) throw new Error("give a share above 0, such as 0.2, or any");
  return share;
}
