import { encode } from "@ipld/dag-cbor";
import type { CID } from "multiformats/cid";
import { RAW_CODE } from "../cid/codec.ts";
import { decodeStrictly } from "../dagCbor/decodeStrictly.ts";
import { asContentCid, asCount, asRecord, asTuple } from "../dagCbor/fields.ts";
import { MalformedContentError } from "../errors/content.ts";
import { MAX_BLOCK_BYTES } from "./content.ts";

const KIND = "assay/content";

/** The root of a content above 1 MiB: `raw` blocks of 1 MiB in order, the last of which may be shorter. */
export interface LargerContent {
  byteLength: number;
  links: readonly { cid: CID; byteLength: number }[];
}

export function encodeLargerContent({ byteLength, links }: LargerContent): Uint8Array {
  return encode({
    v: 1,
    kind: KIND,
    size: byteLength,
    links: links.map((link) => [link.cid, link.byteLength]),
  });
}

/** @throws {@link MalformedContentError} unless it is exactly what {@link encodeLargerContent} writes. */
export function decodeLargerContent(cid: CID, bytes: Uint8Array): LargerContent {
  let node: unknown;
  try {
    node = decodeStrictly(bytes);
  } catch (cause) {
    throw new MalformedContentError(cid, "the root is not dag-cbor", { cause });
  }
  const root = asRecord(node, ["v", "kind", "size", "links"]);
  const byteLength = asCount(root?.size);
  if (root?.v !== 1 || root.kind !== KIND || byteLength === undefined) {
    throw new MalformedContentError(cid, `the root is not version 1 of ${KIND}`);
  }
  // One content has one name: what fits in a block is a block.
  if (byteLength <= MAX_BLOCK_BYTES) {
    throw new MalformedContentError(cid, `${byteLength} bytes are a raw block, not a list of them`);
  }
  const list = asTuple(root.links, Math.ceil(byteLength / MAX_BLOCK_BYTES));
  if (list === undefined) {
    throw new MalformedContentError(cid, `the links do not make ${byteLength} bytes`);
  }
  const links = list.map((item, i) => {
    const [target, length] = asTuple(item, 2) ?? [];
    const linked = asContentCid(target);
    const expected = Math.min(MAX_BLOCK_BYTES, byteLength - i * MAX_BLOCK_BYTES);
    if (linked?.code !== RAW_CODE || length !== expected) {
      throw new MalformedContentError(cid, `link ${i} is not a raw block of ${expected} bytes`);
    }
    return { cid: linked, byteLength: expected };
  });
  return { byteLength, links };
}
