import { encode } from "@ipld/dag-cbor";
import type { Address } from "viem";
import { decodeStrictly } from "../dagCbor/decodeStrictly.ts";
import { asCount, asRecord } from "../dagCbor/fields.ts";
import { WireError } from "../errors/wire.ts";
import { bytesToHex, hexToBytes } from "../hashes/hex.ts";
import type { JobId } from "../job/job.ts";

/** Longest gossip message, in bytes. */
export const MAX_HINT_BYTES = 1024;

export interface JobHint {
  job: JobId;
  /** Block that has the job's latest event, as far as the sender knows. */
  block: bigint;
}

/** The gossipsub topic on which one marketplace's job hints travel. */
export function jobsTopic(chainId: number, marketplace: Address): string {
  return `/assay/1/${chainId}/${marketplace.toLowerCase()}/jobs`;
}

/** "Look at the chain now, from this block": the gossip message, stamped with this machine's time. */
export function encodeJobHint({ job, block }: JobHint): Uint8Array {
  const number = Number(block);
  if (!Number.isSafeInteger(number) || number < 0) {
    throw new RangeError(`${block} is not a block number`);
  }
  return encode({ v: 1, job: hexToBytes(job), block: number, at: Date.now() });
}

/**
 * Reads what a peer sent. A hint is never believed: it only makes its hearer poll the chain early.
 *
 * @throws {@link WireError} on anything that {@link encodeJobHint} would not have written.
 */
export function decodeJobHint(bytes: Uint8Array): JobHint & { atMs: number } {
  if (bytes.length > MAX_HINT_BYTES) {
    throw new WireError(`${bytes.length} bytes are more than ${MAX_HINT_BYTES}`);
  }
  let hint: unknown;
  try {
    hint = decodeStrictly(bytes);
  } catch (cause) {
    throw new WireError("not dag-cbor", { cause });
  }
  const fields = asRecord(hint, ["v", "job", "block", "at"]);
  if (fields?.v !== 1) throw new WireError("not version 1");
  const { job } = fields;
  const block = asCount(fields.block);
  const atMs = asCount(fields.at);
  if (!(job instanceof Uint8Array) || job.length !== 32) throw new WireError("job is not 32 bytes");
  if (block === undefined) throw new WireError("block is not a block number");
  if (atMs === undefined) throw new WireError("at is not a time in Unix milliseconds");
  return { job: bytesToHex(job), block: BigInt(block), atMs };
}
