import type { Address, Hex } from "viem";
import { sha256 } from "#hashes";
import { bytesToHex, hexToBytes } from "../hashes/hex.ts";

export interface ClaimOrderParameters {
  /** Hash of a block that nobody could foresee when the accounts staked. */
  seed: Hex;
  /** The job's id, or the digest of an offer that is no job yet. */
  job: Hex;
  batch: number;
}

/** The account's place in the order of claims, as text that sorts: SHA-256(seed ‖ job ‖ batch as 4 bytes, big-endian ‖ account). */
export function claimKey({ seed, job, batch }: ClaimOrderParameters, account: Address): Hex {
  const bytes = new Uint8Array(32 + 32 + 4 + 20);
  bytes.set(hexToBytes(seed));
  bytes.set(hexToBytes(job), 32);
  new DataView(bytes.buffer).setUint32(64, batch);
  bytes.set(hexToBytes(account), 68);
  return bytesToHex(sha256(bytes));
}

/**
 * Who goes first for a batch, and who next: everybody who knows of the same accounts finds the same order. Where a requester is absent, the
 * eligible accounts by the state of the chain are put in it, so that nobody's presence counts.
 */
export function claimOrder(of: ClaimOrderParameters, accounts: readonly Address[]): Address[] {
  const keyed = accounts.map((account) => ({ account, key: claimKey(of, account) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ account }) => account);
}
