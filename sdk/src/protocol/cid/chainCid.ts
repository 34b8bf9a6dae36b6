import { CID } from "multiformats/cid";
import type { Hex } from "viem";
import { UnsupportedCidError } from "../errors/content.ts";
import { bytesToHex, hexToBytes, isHex } from "../hashes/hex.ts";
import { BLAKE3_CODE, DAG_CBOR_CODE, RAW_CODE, SHA2_256_CODE } from "./codec.ts";

/** A CID in the chain's encoding: `prefix ‖ digest` is the binary CID. */
export interface ChainCid {
  /** Version, codec, hash code and digest length: 4 bytes. */
  prefix: Hex;
  /** 32 bytes. */
  digest: Hex;
}

const PREFIX_BYTES = 4;
const DIGEST_BYTES = 32;

/** Whether a CID is one that Assay admits: v1, raw or dag-cbor, blake3 or sha2-256 with 32 bytes. */
export function isChainCid(cid: CID): boolean {
  return (
    cid.version === 1 &&
    (cid.code === RAW_CODE || cid.code === DAG_CBOR_CODE) &&
    (cid.multihash.code === BLAKE3_CODE || cid.multihash.code === SHA2_256_CODE) &&
    cid.multihash.digest.length === DIGEST_BYTES
  );
}

/** @throws {@link UnsupportedCidError} */
export function toChainCid(cid: CID): ChainCid {
  if (!isChainCid(cid)) throw new UnsupportedCidError(cid.toString());
  return {
    prefix: bytesToHex(cid.bytes.subarray(0, PREFIX_BYTES)),
    digest: bytesToHex(cid.bytes.subarray(PREFIX_BYTES)),
  };
}

/** @throws {@link UnsupportedCidError} */
export function fromChainCid({ prefix, digest }: ChainCid): CID {
  const hex: Hex = `${prefix}${digest.slice(2)}` as Hex;
  if (
    !isHex(prefix) ||
    !isHex(digest) ||
    prefix.length !== 2 + 2 * PREFIX_BYTES ||
    digest.length !== 2 + 2 * DIGEST_BYTES
  ) {
    throw new UnsupportedCidError(`${prefix} ${digest}`);
  }
  let cid: CID;
  try {
    cid = CID.decode(hexToBytes(hex));
  } catch (cause) {
    throw new UnsupportedCidError(hex, { cause });
  }
  if (!isChainCid(cid)) throw new UnsupportedCidError(hex);
  return cid;
}

/** A CID from the chain, or `undefined` when it is none that Assay admits. */
export function admittedCid(cid: ChainCid): CID | undefined {
  try {
    return fromChainCid(cid);
  } catch (error) {
    if (error instanceof UnsupportedCidError) return undefined;
    throw error;
  }
}
