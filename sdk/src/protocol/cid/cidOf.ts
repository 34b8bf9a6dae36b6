import { CID } from "multiformats/cid";
import { blake3 } from "./blake3.ts";
import { type BlockCodec, DAG_CBOR_CODE, RAW_CODE } from "./codec.ts";

/** The CID (v1, blake3) of a block. */
export function cidOf(bytes: Uint8Array, codec: BlockCodec = "raw"): CID {
  return CID.createV1(codec === "raw" ? RAW_CODE : DAG_CBOR_CODE, blake3.digest(bytes));
}
