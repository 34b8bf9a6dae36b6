import { describe, expect, test } from "vitest";
import { blake3 } from "../../../protocol/hashes/native.ts";
import { CHUNK_BYTES } from "./compress.ts";
import { chunkAt, chunkCount, contentTree, digestFrom } from "./contentTree.ts";

const bytesOf = (length: number) => Uint8Array.from({ length }, (_, index) => index % 251);

describe("a chunk and its siblings give the content's digest", () => {
  const lengths = [
    0, 1, 63, 64, 65, 1_023, 1_024, 1_025, 2_048, 2_049, 3_073, 5_120, 31_744, 102_400,
  ];
  test.each(lengths)("%i bytes", (length) => {
    const bytes = bytesOf(length);
    const count = chunkCount(length);
    const tree = contentTree(bytes);
    expect(count).toBe(Math.max(1, Math.ceil(length / CHUNK_BYTES)));
    for (const index of new Set([0, 1, count >> 1, count - 2, count - 1])) {
      if (index < 0 || index >= count) continue;
      const path = tree.path(index);
      expect(digestFrom(chunkAt(bytes, index), { index, count, path })).toEqual(blake3(bytes));
    }
  });
});

test("another chunk gives another digest", () => {
  const bytes = bytesOf(5_000);
  const path = contentTree(bytes).path(2);
  const chunk = chunkAt(bytes, 2).slice();
  chunk[7] = (chunk[7] as number) ^ 1;
  expect(digestFrom(chunk, { index: 2, count: 5, path })).not.toEqual(blake3(bytes));
  expect(digestFrom(chunkAt(bytes, 2), { index: 3, count: 5, path })).not.toEqual(blake3(bytes));
});
