import { encode } from "@ipld/dag-cbor";
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
  return encode({
    v: 1,
    kind: "assay/inputs" satisfies ManifestKind,
    first,
    entries: entries.map((entry) => [entry.cid, entry.byteLength]),
  });
}

export function encodeResultPage(first: number, entries: readonly ResultEntry[]): Uint8Array {
  return encode({
    v: 1,
    kind: "assay/results" satisfies ManifestKind,
    first,
    entries: entries.map((entry) =>
      entry.outcome === Outcome.ok
        ? [outcomeCode(entry.outcome), entry.cid, entry.byteLength]
        : [outcomeCode(entry.outcome), null, 0],
    ),
  });
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
