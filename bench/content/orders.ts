import { createCipheriv } from "node:crypto";

/** Bytes that look random, and that every process can make for itself. */
export interface Pattern {
  seed: number;
  bytes: number;
}

export function bytesOf({ seed, bytes }: Pattern): Uint8Array {
  const iv = Buffer.alloc(16);
  iv.writeUInt32BE(seed);
  const cipher = createCipheriv("aes-128-ctr", Buffer.alloc(16), iv);
  return new Uint8Array(cipher.update(Buffer.alloc(bytes)));
}

/** What the bench tells a process with a peer in it. */
export type Order =
  | ({ type: "store" } & Pattern)
  | { type: "fetch"; root: string; providers: string[] }
  | { type: "report" | "end" };

/** What comes back once the peer has started, and after each order. */
export interface Report {
  multiaddrs: string[];
  /** The CID of what was stored. */
  root: string;
  /** How long it took to fetch `bytes` of them. */
  ms: number;
  bytes: number;
  /** Resident memory of the process. */
  rssMb: number;
}
