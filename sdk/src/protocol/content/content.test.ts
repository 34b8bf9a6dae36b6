import { encode } from "@ipld/dag-cbor";
import type { CID } from "multiformats/cid";
import { describe, expect, test } from "vitest";
import {
  type BlockReader,
  cidOf,
  getBytes,
  MAX_BLOCK_BYTES,
  memoryContent,
  putBytes,
} from "../../index.ts";

const MiB = 1 << 20;
const pattern = (length: number) => new Uint8Array(length).map((_, i) => (i * 7 + (i >> 8)) % 256);
const code = (expected: string) => expect.objectContaining({ code: expected });

describe("memoryContent", () => {
  test("gives back what was put, whatever becomes of the buffers", async () => {
    const content = memoryContent();
    const bytes = pattern(100);
    const cid = await content.put(bytes);
    bytes.fill(0);
    const got = await content.get(cid);
    got.fill(0);
    expect(await content.session(cid).get(cid)).toEqual(pattern(100));
    expect(cid.equals(cidOf(pattern(100)))).toBe(true);
  });

  test("does not find what was not put, and takes no more than a block", async () => {
    const content = memoryContent();
    await expect(content.get(cidOf(pattern(3)))).rejects.toThrow(code("CONTENT_NOT_FOUND"));
    await expect(content.put(pattern(MAX_BLOCK_BYTES + 1))).rejects.toThrow(
      code("CONTENT_TOO_LARGE"),
    );
  });

  test("stops at an aborted signal", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(memoryContent().put(pattern(1), { signal })).rejects.toThrow("enough");
  });
});

describe("putBytes and getBytes", () => {
  test.each([
    ["nothing", 0, 0x55],
    ["one byte", 1, 0x55],
    ["a full block", MiB, 0x55],
    ["one byte more", MiB + 1, 0x71],
    ["whole blocks", 3 * MiB, 0x71],
    ["five blocks and a piece", 5 * MiB + 12_345, 0x71],
  ])("%s round-trips", async (_, byteLength, codec) => {
    const content = memoryContent();
    const bytes = pattern(byteLength);
    const cid = await putBytes(content, bytes);
    expect(cid.code).toBe(codec);
    const got = await getBytes(content, cid, { byteLength, maxBytes: byteLength });
    expect(Buffer.compare(got, bytes)).toBe(0);
  });

  test("another length than promised is refused", async () => {
    const content = memoryContent();
    for (const length of [10, MiB + 10]) {
      const cid = await putBytes(content, pattern(length));
      await expect(
        getBytes(content, cid, { byteLength: length - 1, maxBytes: 2 * MiB }),
      ).rejects.toThrow(code("CONTENT_MALFORMED"));
    }
  });

  test("more than allowed is refused before it is fetched", async () => {
    const content = memoryContent();
    const cid = await putBytes(content, pattern(4 * MiB));
    const asked: string[] = [];
    const reader: BlockReader = {
      get: (block, options) => {
        asked.push(block.toString());
        return content.get(block, options);
      },
    };
    await expect(getBytes(reader, cid, { maxBytes: 4 * MiB - 1 })).rejects.toThrow(
      code("CONTENT_TOO_LARGE"),
    );
    expect(asked).toEqual([cid.toString()]);
    await expect(getBytes(reader, cid, { byteLength: 4 * MiB, maxBytes: MiB })).rejects.toThrow(
      code("CONTENT_TOO_LARGE"),
    );
    expect(asked).toHaveLength(1);
  });

  test("a reader that lies is caught, at the root and below it", async () => {
    const content = memoryContent();
    const cid = await putBytes(content, pattern(2 * MiB));
    const lyingAt = (depth: number): BlockReader => {
      let reads = 0;
      return {
        async get(block) {
          const bytes = await content.get(block);
          if (reads++ === depth) bytes[0] = (bytes[0] ?? 0) ^ 1;
          return bytes;
        },
      };
    };
    for (const depth of [0, 1, 2]) {
      await expect(getBytes(lyingAt(depth), cid, { maxBytes: 2 * MiB })).rejects.toThrow(
        code("BLOCK_MISMATCH"),
      );
    }
  });

  test("a signal stops a fetch under way", async () => {
    const content = memoryContent();
    const cid = await putBytes(content, pattern(3 * MiB));
    const controller = new AbortController();
    const reader: BlockReader = {
      async get(block, { signal } = {}) {
        if (block.equals(cid)) return content.get(block);
        controller.abort(new Error("enough"));
        signal?.throwIfAborted();
        return content.get(block);
      },
    };
    await expect(
      getBytes(reader, cid, { maxBytes: 3 * MiB, signal: controller.signal }),
    ).rejects.toThrow("enough");
  });
});

describe("hostile roots of larger contents", () => {
  const piece = cidOf(pattern(MiB));
  const rest = cidOf(pattern(1));
  const good = {
    v: 1,
    kind: "assay/content",
    size: MiB + 1,
    links: [
      [piece, MiB],
      [rest, 1],
    ],
  };

  async function fetchRoot(node: unknown): Promise<Uint8Array> {
    const content = memoryContent();
    await content.put(pattern(MiB));
    await content.put(pattern(1));
    const bytes = node instanceof Uint8Array ? node : encode(node);
    const cid: CID = await content.put(bytes, { codec: "dag-cbor" });
    return getBytes(content, cid, { maxBytes: 2 ** 40 });
  }

  test("the well-formed one is read", async () => {
    expect(await fetchRoot(good)).toHaveLength(MiB + 1);
  });

  test.each([
    ["another version", { ...good, v: 2 }],
    ["another kind", { ...good, kind: "assay/inputs" }],
    ["a size that would be a block", { ...good, size: 1, links: [[rest, 1]] }],
    ["a size beyond its links", { ...good, size: 2 ** 39 }],
    ["a size beyond 2^53", { ...good, size: 2n ** 60n }],
    [
      "links of odd sizes",
      {
        ...good,
        links: [
          [rest, 1],
          [piece, MiB],
        ],
      },
    ],
    [
      "a link that is itself a list",
      {
        ...good,
        links: [
          [piece, MiB],
          [cidOf(pattern(1), "dag-cbor"), 1],
        ],
      },
    ],
    [
      "a link that is no CID",
      {
        ...good,
        links: [
          [piece, MiB],
          [new Uint8Array(36), 1],
        ],
      },
    ],
    [
      "a link whose block is shorter",
      {
        ...good,
        links: [
          [rest, MiB],
          [rest, 1],
        ],
      },
    ],
    ["an unknown key", { ...good, more: 1 }],
    ["no map", 17],
    ["a deep nest", new Uint8Array(MiB).fill(0x81)],
    ["no dag-cbor", new Uint8Array([0xff, 0xff])],
  ])("%s is refused", async (_, node) => {
    await expect(fetchRoot(node)).rejects.toThrow(code("CONTENT_MALFORMED"));
  });
});
