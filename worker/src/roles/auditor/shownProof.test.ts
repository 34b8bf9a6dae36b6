import { bindRoot, cidOf, merkleProof, merkleRoot, resultLeaf, toResultLeaf } from "@assay/sdk";
import { bytesToHex, concat, type Hex, toHex } from "viem";
import { expect, test } from "vitest";
import { proofIn } from "./shownProof.ts";

const FIRST = 100;
const WORKER: Hex = "0x00000000000000000000000000000000000000a1";

/** A batch of `count` results, and what shows the leaf at `index`. */
function shown(count: number, index: number, { isBound = false } = {}) {
  const entries = Array.from({ length: count }, (_, i) => ({
    ...{ outcome: "ok" as const, cid: cidOf(Uint8Array.of(i)), byteLength: 1 },
  }));
  const leaves = entries.map((entry, i) => resultLeaf(FIRST + i, entry));
  const [entry = entries[0]] = entries.slice(index);
  if (entry === undefined) throw new RangeError("no entries");
  return {
    proof: merkleProof(leaves, index).map((sibling) => bytesToHex(sibling)),
    tree: {
      ...{ leaf: toResultLeaf(FIRST + index, entry), first: FIRST, count },
      worker: WORKER,
      resultRoot: bytesToHex(isBound ? bindRoot(merkleRoot(leaves), WORKER) : merkleRoot(leaves)),
    },
  };
}

const word = (value: number) => toHex(value, { size: 32 });
const selector: Hex = "0xdeadbeef";

test.each([
  [2, 1],
  [5, 4],
  [64, 17],
])("of %i leaves, the proof of number %i is found wherever the calldata has it", (count, index) => {
  const { proof, tree } = shown(count, index);
  const direct = concat([selector, word(7), ...proof]);
  expect(proofIn(direct, tree)).toEqual(proof);
  const throughContract = concat([selector, word(32), word(99), direct, "0x00000000"]);
  expect(proofIn(throughContract, tree)).toEqual(proof);
  expect(proofIn(concat([selector, ...proof.toReversed(), word(1)]), tree)).toEqual(
    proof.length === 1 ? proof : undefined,
  );
  expect(proofIn("0x", tree)).toBeUndefined();
});

test("a batch of one task has nothing to prove, and another batch's leaf no proof here", () => {
  expect(proofIn(selector, shown(1, 0).tree)).toEqual([]);
  const { proof, tree } = shown(4, 2);
  expect(proofIn(concat([selector, ...proof]), { ...tree, first: FIRST - 1 })).toBeUndefined();
});

test("a root that is bound to its worker is that worker's alone", () => {
  const { proof, tree } = shown(4, 2, { isBound: true });
  const input = concat([selector, ...proof]);
  expect(proofIn(input, tree)).toEqual(proof);
  const worker = "0x00000000000000000000000000000000000000a2";
  expect(proofIn(input, { ...tree, worker })).toBeUndefined();
});
