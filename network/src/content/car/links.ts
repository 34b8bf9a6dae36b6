import * as dagCbor from "@ipld/dag-cbor";
import { createUnsafe } from "multiformats/block";
import type { CID } from "multiformats/cid";
import { MalformedBlockError } from "./errors.ts";

/** The blocks that a block names: those of a `dag-cbor` block; a `raw` one names none. */
export function linksOf(cid: CID, bytes: Uint8Array): CID[] {
  if (cid.code !== dagCbor.code) return [];
  try {
    return [...createUnsafe({ cid, bytes, codec: dagCbor }).links()].map(([, link]) => link);
  } catch (cause) {
    throw new MalformedBlockError(cid, { cause });
  }
}
