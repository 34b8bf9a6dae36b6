import { encode } from "@ipld/dag-cbor";
import { concatBytes } from "@noble/hashes/utils.js";
import type { CID } from "multiformats/cid";
import { DAG_CBOR_CODE } from "../cid/codec.ts";
import { decodeStrictly } from "../dagCbor/decodeStrictly.ts";
import { asContentCid, asCount, asRecord, asTuple } from "../dagCbor/fields.ts";
import { ManifestError } from "../errors/manifest.ts";
import {
  type InputEntry,
  Outcome,
  outcomeCode,
  outcomeOfCode,
  type ResultEntry,
} from "../job/job.ts";
import type { ManifestKind } from "./layout.ts";

// The dag-cbor of `docs/protocol.md`, "Manifests". What is decoded here comes from strangers.

export interface PageLink {
  cid: CID;
  root: Uint8Array;
}

export interface IndexBlock {
  kind: ManifestKind;
  count: number;
  pages: readonly PageLink[];
}

export function encodeIndex({ kind, count, pages }: IndexBlock): Uint8Array {
  return encode({ v: 1, kind, count, pages: pages.map((page) => [page.cid, page.root]) });
}

export function encodeInputPage(first: number, entries: readonly InputEntry[]): Uint8Array {
  return encodePage("assay/inputs", first, entries.map(encodeInput));
}

export function encodeResultPage(first: number, entries: readonly ResultEntry[]): Uint8Array {
  return encodePage("assay/results", first, entries.map(encodeResult));
}

/** One line of an input page. */
export function encodeInput({ cid, byteLength }: InputEntry): Uint8Array {
  return encode([cid, byteLength]);
}

/** One line of a result page. */
export function encodeResult(entry: ResultEntry): Uint8Array {
  return encode(
    entry.outcome === Outcome.ok
      ? [outcomeCode(entry.outcome), entry.cid, entry.byteLength]
      : [outcomeCode(entry.outcome), null, 0],
  );
}

/** A page of lines that are encoded already: a million entries are not held as objects until their page is full. */
export function encodePage(
  kind: ManifestKind,
  first: number,
  lines: readonly Uint8Array[],
): Uint8Array {
  // The list is the last value of the map, as its key is the longest: it begins where the empty one stood.
  const head = encode({ v: 1, kind, first, entries: [] }).subarray(0, -1);
  return concatBytes(head, listHead(lines.length), ...lines);
}

/** How a list of so many items begins in dag-cbor. */
function listHead(count: number): Uint8Array {
  if (count < 24) return Uint8Array.of(0x80 + count);
  return count < 256 ? Uint8Array.of(0x98, count) : Uint8Array.of(0x99, count >> 8, count & 0xff);
}

/** Decodes the links of an index block and checks its shape. The reader of the tree checks that it is the right block. */
export function decodeIndex(bytes: Uint8Array, kind: ManifestKind): IndexBlock {
  const index = asRecord(decodeNode(bytes), ["v", "kind", "count", "pages"]);
  const count = asCount(index?.count);
  if (index?.v !== 1 || index.kind !== kind || count === undefined || !Array.isArray(index.pages)) {
    throw malformed(`the index is not version 1 of ${kind}`);
  }
  const pages = index.pages.map((item: unknown, i): PageLink => {
    const [target, root] = asTuple(item, 2) ?? [];
    const cid = asContentCid(target);
    if (cid?.code !== DAG_CBOR_CODE || !(root instanceof Uint8Array) || root.length !== 32) {
      throw malformed(`page ${i} of the index is not the CID of a page and a root of 32 bytes`);
    }
    return { cid, root };
  });
  return { kind, count, pages };
}

/** The expected place of a page: its first position and its number of entries. */
export interface PagePlace {
  first: number;
  count: number;
}

export function decodeInputPage(bytes: Uint8Array, place: PagePlace): InputEntry[] {
  return decodeEntries(bytes, "assay/inputs", place).map((item, i) => {
    const [target, length] = asTuple(item, 2) ?? [];
    const cid = asContentCid(target);
    const byteLength = asCount(length);
    if (cid === undefined || byteLength === undefined) {
      throw malformed(`entry ${place.first + i} is not a CID and a length`);
    }
    return { cid, byteLength };
  });
}

export function decodeResultPage(bytes: Uint8Array, place: PagePlace): ResultEntry[] {
  return decodeEntries(bytes, "assay/results", place).map((item, i) => {
    const [code, target, length] = asTuple(item, 3) ?? [];
    const outcome = outcomeOfCode(code);
    const byteLength = asCount(length);
    if (outcome === Outcome.ok) {
      const cid = asContentCid(target);
      if (cid !== undefined && byteLength !== undefined) return { outcome, cid, byteLength };
    } else if (outcome !== undefined && target === null && byteLength === 0) {
      return { outcome };
    }
    throw malformed(`entry ${place.first + i} is not an outcome with its result`);
  });
}

function decodeEntries(
  bytes: Uint8Array,
  kind: ManifestKind,
  place: PagePlace,
): readonly unknown[] {
  const page = asRecord(decodeNode(bytes), ["v", "kind", "first", "entries"]);
  if (page?.v !== 1 || page.kind !== kind || !Array.isArray(page.entries)) {
    throw malformed(`a page is not version 1 of ${kind}`);
  }
  if (page.first !== place.first || page.entries.length !== place.count) {
    throw new ManifestError(
      "MANIFEST_COUNT_MISMATCH",
      "A page of the manifest holds other entries than its place demands: its author has to write it anew.",
      { details: `page of ${place.count} entries from ${place.first}` },
    );
  }
  return page.entries;
}

function decodeNode(bytes: Uint8Array): unknown {
  try {
    return decodeStrictly(bytes);
  } catch (cause) {
    throw malformed("not dag-cbor", cause);
  }
}

function malformed(details: string, cause?: unknown): ManifestError {
  return new ManifestError(
    "MANIFEST_MALFORMED",
    "The manifest is not well-formed: its author has to write it anew.",
    { details, cause },
  );
}
