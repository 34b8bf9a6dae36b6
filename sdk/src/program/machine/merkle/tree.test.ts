import { expect, onTestFailed, test } from "vitest";
import { seededRandom } from "../../../../../test/fixtures/random.ts";
import { flatTree } from "./flatTree.ts";
import { pagedTree } from "./pagedTree.ts";
import { LEAF_BYTES, treeOver } from "./tree.ts";

test.each([0, 16, 32, 48, 96, 1_000, 4_064, 33_000])(
  "a tree over %i bytes is the same in one array",
  (byteLength) => {
    const random = seededRandom();
    onTestFailed(() => console.error(`SEED=${random.seed}`));
    const bytes = random.bytes(byteLength);
    const [expected, tree] = [treeOver(bytes), flatTree(bytes)];
    expect(tree.depth).toBe(expected.depth);
    expect(tree.root()).toEqual(expected.root());
    for (let i = 0; i < 20; i++) {
      const index = random.below(2 ** tree.depth);
      expect(tree.leaf(index)).toEqual(expected.leaf(index));
      expect(tree.path(index)).toEqual(expected.path(index));
    }
  },
);

test.each([
  ["of one leaf", 0, 1],
  ["of less than a page", 5, 32],
  ["of pages that fill it", 12, 4_096],
  ["of which most is never written", 27, 5_000],
])("a tree %s follows its bytes, back to what was kept", (_, depth, most) => {
  const random = seededRandom();
  onTestFailed(() => console.error(`SEED=${random.seed}`));
  const bytes = new Uint8Array(LEAF_BYTES * most);
  const tree = pagedTree(depth, most);
  const check = () => {
    const expected = treeOver(bytes, depth);
    expect(tree.node(depth, 0)).toEqual(expected.root());
    for (let i = 0; i < 10; i++) {
      const level = random.below(depth + 1);
      const index = random.below(2 ** (depth - level));
      expect(tree.node(level, index)).toEqual(expected.node(level, index));
    }
  };
  const kept = [];
  for (let round = 0; round < 8; round++) {
    for (let i = random.below(40); i > 0; i--) bytes[random.below(bytes.length)] = random.below(3);
    tree.capture(bytes);
    if (round % 2 === 0) check();
    const pages = tree.pages();
    for (const page of pages) if (page !== undefined) page.owners += 1;
    kept.push({ pages, copy: bytes.slice() });
  }
  for (let i = 0; i < 8; i++) {
    const { pages, copy } = kept[random.below(kept.length)] as (typeof kept)[number];
    bytes[random.below(bytes.length)] = 9;
    tree.capture(bytes);
    tree.restore(pages, bytes);
    expect(bytes).toEqual(copy);
    check();
  }
});
