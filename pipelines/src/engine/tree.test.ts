import { expect, onTestFailed, test } from "vitest";
import { seededRandom } from "../../../test/fixtures/random.ts";
import { type Content, contentOf } from "../store/content.ts";
import { type Leaf, Tree } from "./tree.ts";

const contentOfText = (text: string) => contentOf(new TextEncoder().encode(text));
const textOf = (content: Content | undefined) => new TextDecoder().decode(content?.bytes);

test("in whatever order values, gaps, answers and the count come, the root is all values in order, and its shape is by place", () => {
  const random = seededRandom();
  onTestFailed(() => void process.stdout.write(`seed ${random.seed}\n`));
  for (let round = 0; round < 500; round++) {
    const arity = 2 + random.below(4);
    const count = random.below(40);
    const leaves = Array.from({ length: count }, (_, i) =>
      random.below(4) === 0 ? undefined : `${i},`,
    );
    const [first, second] = [1, 2].map(() => combineIn(leaves, arity, random));
    const values = leaves.join("");
    expect(first?.root === "nothing" ? "" : first?.root.replaceAll(/[()]/g, "")).toBe(values);
    expect(first).toEqual(second);
    // Each node with several values is combined once.
    expect(first?.combined ?? 0).toBeLessThan(Math.max(1, count));
  }
});

/** The root as text, each combination in brackets, from a random order of events. */
function combineIn(
  leaves: readonly (string | undefined)[],
  arity: number,
  random: ReturnType<typeof seededRandom>,
) {
  let root: string | undefined;
  let combined = 0;
  const waiting: (() => void)[] = [];
  const tree: Tree = new Tree({
    arity,
    combine(level, place, values) {
      combined++;
      const content = contentOfText(`(${values.map(textOf).join("")})`);
      waiting.push(() => tree.put(level, place, { content }));
    },
    onRoot(leaf) {
      expect(root).toBeUndefined();
      root = leaf === "nothing" ? leaf : textOf(leaf.content);
    },
  });
  waiting.push(() => tree.close(leaves.length));
  for (const [place, text] of leaves.entries()) {
    const leaf: Leaf = text === undefined ? "nothing" : { content: contentOfText(text) };
    waiting.push(() => tree.put(0, place, leaf));
  }
  while (waiting.length > 0) waiting.splice(random.below(waiting.length), 1)[0]?.();
  if (root === undefined) throw new Error("there is no root");
  return { root, combined };
}
