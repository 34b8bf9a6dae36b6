import { encode } from "@ipld/dag-cbor";
import { bytesToHex, type Hex, hexToBytes } from "viem";
import { describe, expect, test } from "vitest";
import {
  type BlockReader,
  type Content,
  cidOf,
  type InputEntry,
  inputLeaf,
  MAX_BLOCK_BYTES,
  memoryContent,
  merkleProof,
  merkleRoot,
  Outcome,
  openInputManifest,
  openResultManifest,
  type ResultEntry,
  resultLeaf,
  verifyMerkleProof,
  writeInputManifest,
  writeResultManifest,
} from "../../index.ts";

const PAGE = 4096;
const code = (expected: string) => expect.objectContaining({ code: expected });
const number = (i: number) => new Uint8Array(new Uint32Array([i]).buffer);

function* inputs(count: number): Generator<InputEntry> {
  for (let i = 0; i < count; i++) yield { cid: cidOf(number(i)), byteLength: i };
}

function results(count: number): ResultEntry[] {
  return Array.from({ length: count }, (_, i) => {
    if (i % 10 === 3) return { outcome: Outcome.trap };
    if (i % 10 === 7) return { outcome: Outcome.overLimit };
    return { outcome: Outcome.ok, cid: cidOf(number(i)), byteLength: i };
  });
}

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

function counting(content: Content): BlockReader & { reads: number } {
  const reader = {
    reads: 0,
    get: (...parameters: Parameters<Content["get"]>) => {
      reader.reads += 1;
      return content.get(...parameters);
    },
  };
  return reader;
}

describe("input manifests", () => {
  test.each([1, 2, 3, 100, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE, 2 * PAGE + 5])(
    "%i entries have the root over all their leaves, and read back",
    async (count) => {
      const content = memoryContent();
      const written = await writeInputManifest(content, inputs(count));
      const leaves = [...inputs(count)].map((entry, i) => inputLeaf(i, entry));
      expect(written).toMatchObject({ count, root: bytesToHex(merkleRoot(leaves)) });
      const manifest = await openInputManifest(content, written);
      const entries = await collect(manifest.entries());
      expect(entries.map(({ position }) => position)).toEqual([...leaves.keys()]);
      expect(entries.at(-1)).toMatchObject({ byteLength: count - 1 });
      expect(entries.at(-1)?.cid.toString()).toBe(cidOf(number(count - 1)).toString());
    },
  );

  test("a range fetches only the pages that hold it, and a page once", async () => {
    const content = memoryContent();
    const written = await writeInputManifest(content, inputs(3 * PAGE));
    const reader = counting(content);
    const manifest = await openInputManifest(reader, written);
    expect(reader.reads).toBe(1);
    const range = await collect(manifest.entries({ first: PAGE + 10, count: 50 }));
    expect(range.map(({ position }) => position)).toEqual(
      Array.from({ length: 50 }, (_, i) => PAGE + 10 + i),
    );
    await collect(manifest.entries({ first: PAGE + 60, count: 50 }));
    expect(reader.reads).toBe(2);
    await collect(manifest.entries({ first: 2 * PAGE - 1, count: 2 }));
    expect(reader.reads).toBe(3);
    expect(await collect(manifest.entries({ first: 3 * PAGE, count: 0 }))).toEqual([]);
  });

  test.each([
    { first: -1, count: 1 },
    { first: 0, count: 4 },
    { first: 3, count: 1 },
    { first: 0.5, count: 1 },
    { first: 4 },
  ])("a range outside is refused: %o", async (range) => {
    const content = memoryContent();
    const manifest = await openInputManifest(content, await writeInputManifest(content, inputs(3)));
    await expect(collect(manifest.entries(range))).rejects.toThrow(code("MANIFEST_OUT_OF_RANGE"));
  });

  test("a stream of entries is written page by page, never more than one in memory", async () => {
    const content = memoryContent();
    const entry = { cid: cidOf(number(0)), byteLength: 4 };
    let read = 0;
    async function* stream() {
      for (; read < 20_000; read++) yield entry;
    }
    const ahead: number[] = [];
    const put: Content["put"] = (bytes, options) => {
      ahead.push(read - ahead.length * PAGE);
      return content.put(bytes, options);
    };
    const written = await writeInputManifest({ ...content, put }, stream());
    expect(ahead.slice(0, -2)).toEqual(Array(4).fill(PAGE));
    const manifest = await openInputManifest(content, written);
    expect(await collect(manifest.entries({ first: 19_990, count: 10 }))).toHaveLength(10);
  });

  test("no entries make no manifest", async () => {
    await expect(writeInputManifest(memoryContent(), [])).rejects.toThrow(code("MANIFEST_EMPTY"));
  });

  test("a signal stops writing and reading", async () => {
    const content = memoryContent();
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(writeInputManifest(content, inputs(3), { signal })).rejects.toThrow("enough");
    const written = await writeInputManifest(content, inputs(3));
    await expect(openInputManifest(content, { ...written, signal })).rejects.toThrow("enough");
    const manifest = await openInputManifest(content, written);
    await expect(collect(manifest.entries({ signal }))).rejects.toThrow("enough");
  });
});

describe("result manifests", () => {
  test.each([1, 7, PAGE, PAGE + 3])("%i results of a batch round-trip", async (count) => {
    const content = memoryContent();
    const first = 640;
    const written = await writeResultManifest(content, results(count), { first });
    const leaves = results(count).map((entry, i) => resultLeaf(first + i, entry));
    expect(written.root).toBe(bytesToHex(merkleRoot(leaves)));

    const manifest = await openResultManifest(content, { ...written, first });
    const entries = await collect(manifest.entries());
    expect(entries.map(({ position, outcome }) => [position, outcome])).toEqual(
      results(count).map(({ outcome }, i) => [first + i, outcome]),
    );

    for (const index of [0, count >> 1, count - 1]) {
      const proof = await manifest.proof(first + index);
      expect(proof).toEqual(merkleProof(leaves, index).map((sibling) => bytesToHex(sibling)));
      const leaf = leaves[index] ?? new Uint8Array();
      const root = hexToBytes(written.root);
      expect(
        verifyMerkleProof({ root, leaf, index, count, proof: proof.map((s) => hexToBytes(s)) }),
      ).toBe(true);
    }
    await expect(manifest.proof(first - 1)).rejects.toThrow(code("MANIFEST_OUT_OF_RANGE"));
    await expect(manifest.proof(first + count)).rejects.toThrow(code("MANIFEST_OUT_OF_RANGE"));
  });

  test("the same results at another place in the job are another manifest", async () => {
    const content = memoryContent();
    const written = await writeResultManifest(content, results(4), { first: 8 });
    const manifest = await openResultManifest(content, { ...written, first: 4 });
    await expect(collect(manifest.entries())).rejects.toThrow(code("MANIFEST_COUNT_MISMATCH"));
  });
});

describe("hostile manifests", () => {
  const entries = [...inputs(3)];
  const leaves = entries.map((entry, i) => inputLeaf(i, entry));
  const root = merkleRoot(leaves);
  const goodPage = {
    v: 1,
    kind: "assay/inputs",
    first: 0,
    entries: entries.map(({ cid, byteLength }) => [cid, byteLength]),
  };

  interface Forgery {
    index?: (index: Record<string, unknown>) => unknown;
    page?: (page: typeof goodPage) => unknown;
    root?: Hex;
    count?: number;
  }

  /** Opens and reads a manifest of three inputs, after `forgery` has been at its blocks. */
  async function read(forgery: Forgery) {
    const content = memoryContent();
    const node = forgery.page?.(goodPage) ?? goodPage;
    const page = await content.put(node instanceof Uint8Array ? node : encode(node), {
      codec: "dag-cbor",
    });
    const goodIndex = { v: 1, kind: "assay/inputs", count: 3, pages: [[page, root]] };
    const index = forgery.index === undefined ? goodIndex : forgery.index(goodIndex);
    const bytes = index instanceof Uint8Array ? index : encode(index);
    const cid = await content.put(bytes, { codec: "dag-cbor" });
    const manifest = await openInputManifest(content, {
      cid,
      root: forgery.root ?? bytesToHex(root),
      count: forgery.count ?? 3,
    });
    return collect(manifest.entries());
  }

  test("the genuine one is read", async () => {
    expect(await read({})).toHaveLength(3);
  });

  const [first, second, third] = goodPage.entries;
  const swapped = [second, first, third] as typeof goodPage.entries;
  const foreign = cidOf(number(99));

  test.each<[string, string, Forgery]>([
    ["another root", "MANIFEST_ROOT_MISMATCH", { root: `0x${"00".repeat(32)}` }],
    ["another count", "MANIFEST_COUNT_MISMATCH", { count: 4 }],
    [
      "an index of another count",
      "MANIFEST_COUNT_MISMATCH",
      { index: (i) => ({ ...i, count: 2 }) },
    ],
    ["an index with no pages", "MANIFEST_COUNT_MISMATCH", { index: (i) => ({ ...i, pages: [] }) }],
    ["another version", "MANIFEST_MALFORMED", { index: (i) => ({ ...i, v: 2 }) }],
    ["another kind", "MANIFEST_MALFORMED", { index: (i) => ({ ...i, kind: "assay/results" }) }],
    ["a count beyond 2^53", "MANIFEST_MALFORMED", { index: (i) => ({ ...i, count: 2n ** 60n }) }],
    ["an unknown key", "MANIFEST_MALFORMED", { index: (i) => ({ ...i, more: 0 }) }],
    ["pages that are no list", "MANIFEST_MALFORMED", { index: (i) => ({ ...i, pages: {} }) }],
    [
      "a page root of 31 bytes",
      "MANIFEST_MALFORMED",
      { index: (i) => ({ ...i, pages: [[foreign, root.slice(1)]] }) },
    ],
    [
      "a page that is a raw block",
      "MANIFEST_MALFORMED",
      { index: (i) => ({ ...i, pages: [[foreign, root]] }) },
    ],
    ["an index that is no map", "MANIFEST_MALFORMED", { index: () => [1, 2] }],
    ["an index that is null", "MANIFEST_MALFORMED", { index: () => null }],
    ["an index that is no dag-cbor", "MANIFEST_MALFORMED", { index: () => new Uint8Array([0xff]) }],
    [
      "a deeply nested index",
      "MANIFEST_MALFORMED",
      { index: () => new Uint8Array(MAX_BLOCK_BYTES).fill(0x81) },
    ],
    [
      "a page with two entries swapped",
      "MANIFEST_PAGE_MISMATCH",
      { page: (p) => ({ ...p, entries: swapped }) },
    ],
    [
      "a page with a foreign entry",
      "MANIFEST_PAGE_MISMATCH",
      { page: (p) => ({ ...p, entries: [first, second, [foreign, 2]] }) },
    ],
    [
      "a page with another length",
      "MANIFEST_PAGE_MISMATCH",
      { page: (p) => ({ ...p, entries: [first, second, [third?.[0], 3]] }) },
    ],
    [
      "a page that lacks an entry",
      "MANIFEST_COUNT_MISMATCH",
      { page: (p) => ({ ...p, entries: [first, second] }) },
    ],
    [
      "a page with one too many",
      "MANIFEST_COUNT_MISMATCH",
      { page: (p) => ({ ...p, entries: [...p.entries, [foreign, 0]] }) },
    ],
    ["a page of another place", "MANIFEST_COUNT_MISMATCH", { page: (p) => ({ ...p, first: 1 }) }],
    [
      "a page of another kind",
      "MANIFEST_MALFORMED",
      { page: (p) => ({ ...p, kind: "assay/results" }) },
    ],
    [
      "an entry without length",
      "MANIFEST_MALFORMED",
      { page: (p) => ({ ...p, entries: [first, second, [foreign]] }) },
    ],
    [
      "an entry with a negative length",
      "MANIFEST_MALFORMED",
      { page: (p) => ({ ...p, entries: [first, second, [foreign, -1]] }) },
    ],
    [
      "an entry with a fraction",
      "MANIFEST_MALFORMED",
      { page: (p) => ({ ...p, entries: [first, second, [foreign, 1.5]] }) },
    ],
    [
      "an entry that is no CID",
      "MANIFEST_MALFORMED",
      { page: (p) => ({ ...p, entries: [first, second, ["x", 1]] }) },
    ],
  ])("%s: %s", async (_, expected, forgery) => {
    await expect(read(forgery)).rejects.toThrow(code(expected));
  });

  test("a failed task that carries a result is refused", async () => {
    const content = memoryContent();
    const written = await writeResultManifest(content, [{ outcome: Outcome.trap }], { first: 0 });
    for (const entry of [
      [2, cidOf(number(0)), 0],
      [2, null, 1],
      [1, null, 0],
      [4, null, 0],
      [0, null, 0],
    ]) {
      const page = await content.put(
        encode({ v: 1, kind: "assay/results", first: 0, entries: [entry] }),
        { codec: "dag-cbor" },
      );
      const cid = await content.put(
        encode({
          v: 1,
          kind: "assay/results",
          count: 1,
          pages: [[page, hexToBytes(written.root)]],
        }),
        { codec: "dag-cbor" },
      );
      const manifest = await openResultManifest(content, { ...written, cid, first: 0 });
      await expect(collect(manifest.entries())).rejects.toThrow(code("MANIFEST_MALFORMED"));
    }
  });

  test("a block above 1 MiB is refused before it is decoded", async () => {
    const bytes = new Uint8Array(MAX_BLOCK_BYTES + 1);
    const reader: BlockReader = { get: async () => bytes };
    const cid = cidOf(bytes, "dag-cbor");
    await expect(
      openInputManifest(reader, { cid, root: bytesToHex(root), count: 3 }),
    ).rejects.toThrow(code("CONTENT_TOO_LARGE"));
  });
});
