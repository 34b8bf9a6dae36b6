import { readFile } from "node:fs/promises";
import hre from "hardhat";
import { concat, getContract, type Hex, keccak256, parseAbi, zeroHash } from "viem";
import { beforeAll, describe, expect, it } from "vitest";
import { codecVectors, codecVectorsFile } from "../fixtures/codecVectors.ts";
import { hashSpec, hashTerms, type Spec, startMarket, type Terms } from "./market.ts";

const { cids, trees, inputLeaves, resultLeaves } = codecVectors;
const zeroCid = { prefix: "0x00000000", digest: zeroHash } as const;

const abi = parseAbi([
  "struct Cid { bytes4 prefix; bytes32 digest; }",
  "function verify(bytes32 root, bytes32 leaf, uint256 index, uint256 count, bytes32[] proof) pure returns (bool)",
  "function inputLeaf(uint256 position, Cid cid, uint256 byteLength) pure returns (bytes32)",
  "function resultLeaf(uint256 position, uint8 outcome, Cid cid, uint256 byteLength) pure returns (bytes32)",
]);

async function deployHarness() {
  const { viem } = await hre.network.create();
  const { address } = await viem.deployContract("CodecHarness");
  return getContract({ abi, address, client: await viem.getPublicClient() });
}

let harness: Awaited<ReturnType<typeof deployHarness>>;
beforeAll(async () => {
  harness = await deployHarness();
});

function cidOf(text: string | null) {
  if (text === null) return zeroCid;
  const vector = cids.find(({ cid }) => cid === text);
  if (vector === undefined) throw new Error(`No vector of ${text}`);
  return { prefix: vector.prefix, digest: vector.digest };
}

it("the committed vectors are what their generator makes", async () => {
  expect(JSON.parse(await readFile(codecVectorsFile, "utf8"))).toEqual(codecVectors);
});

describe("hashes of jobs", () => {
  it("are the same here, on chain and in the vectors", async () => {
    const { read } = await startMarket();
    for (const vector of codecVectors.terms) {
      const spec = {
        ...vector.spec,
        program: cidOf(vector.spec.program),
        manifest: cidOf(vector.spec.manifest),
        maxSteps: BigInt(vector.spec.maxSteps),
      } as Spec;
      const terms = {
        ...vector.terms,
        rewardPerTask: BigInt(vector.terms.rewardPerTask),
        stakePerBatch: BigInt(vector.terms.stakePerBatch),
        salt: BigInt(vector.terms.salt),
      } as Terms;
      expect(hashSpec(spec)).toBe(vector.specHash);
      expect(hashTerms(terms)).toBe(vector.jobId);
      expect(await read.jobId([terms])).toBe(vector.jobId);
    }
  });
});

describe("leaves", () => {
  it("of inputs", async () => {
    for (const { position, cid, byteLength, leaf } of inputLeaves) {
      const args = [BigInt(position), cidOf(cid), BigInt(byteLength)] as const;
      expect(await harness.read.inputLeaf(args)).toBe(leaf);
    }
  });

  it("of results", async () => {
    for (const { position, outcome, cid, byteLength, leaf } of resultLeaves) {
      const args = [BigInt(position), outcome, cidOf(cid), BigInt(byteLength)] as const;
      expect(await harness.read.resultLeaf(args)).toBe(leaf);
    }
  });
});

describe("proofs", () => {
  it("hold for every leaf of every tree, at its own index alone", async () => {
    for (const { leaves, root, proofs } of trees) {
      const count = BigInt(leaves.length);
      for (const [index, leaf] of leaves.entries()) {
        const proof = proofs[index] ?? [];
        for (let at = 0n; at < count + 2n; at++) {
          const held = await harness.read.verify([root, leaf, at, count, proof]);
          expect(held, `leaf ${index} of ${count} at ${at}`).toBe(at === BigInt(index));
        }
      }
    }
  });

  it("break with any other leaf, root, sibling or number of siblings", async () => {
    for (const { leaves, root, proofs } of trees) {
      const count = BigInt(leaves.length);
      const index = leaves.length - 1;
      const [leaf, proof] = [leaves[index], proofs[index]];
      if (leaf === undefined || proof === undefined) throw new Error("A tree without leaves");
      const at = BigInt(index);
      const broken: Parameters<typeof harness.read.verify>[0][] = [
        [root, keccak256(leaf), at, count, proof],
        [keccak256(root), leaf, at, count, proof],
        [root, leaf, at, count, [...proof, zeroHash]],
        [root, leaf, at, 2n * count, proof],
        ...proof.map((sibling, level): Parameters<typeof harness.read.verify>[0] => [
          root,
          leaf,
          at,
          count,
          proof.with(level, keccak256(sibling)),
        ]),
        ...proof.map((_, level): Parameters<typeof harness.read.verify>[0] => [
          root,
          leaf,
          at,
          count,
          proof.toSpliced(level, 1),
        ]),
      ];
      for (const args of broken) expect(await harness.read.verify(args)).toBe(false);
    }
  });

  it("never take an inner node for a leaf (second preimage)", async () => {
    const tree = trees.find(({ leaves }) => leaves.length === 4);
    const [a, b] = tree?.leaves ?? [];
    const sibling = tree?.proofs[0]?.[1];
    if (tree === undefined || a === undefined || b === undefined || sibling === undefined) {
      throw new Error("No tree of four leaves");
    }
    const inner: Hex = keccak256(concat(["0x01", a, b]));
    expect(keccak256(concat(["0x01", inner, sibling]))).toBe(tree.root);

    // The shorter path leads to the root, but a tree of four leaves has no leaf at depth one.
    for (const count of [3n, 4n]) {
      expect(await harness.read.verify([tree.root, inner, 0n, count, [sibling]])).toBe(false);
    }
  });

  it("never prove what pads the tree, nor a repeated last leaf", async () => {
    for (const { leaves, root, proofs } of trees) {
      const count = BigInt(leaves.length);
      const last = leaves.at(-1);
      const lastProof = proofs.at(-1);
      if (last === undefined || lastProof === undefined) throw new Error("A tree without leaves");
      // Where the count is odd, the last leaf's first sibling is padding, and its place is beyond the count.
      const padded = lastProof.length > 0 ? lastProof.with(0, last) : [];
      for (const leaf of [zeroHash, last]) {
        expect(await harness.read.verify([root, leaf, count, count, padded])).toBe(false);
        expect(await harness.read.verify([root, leaf, count, count, lastProof])).toBe(false);
      }
    }
  });

  it("of an empty tree, or of an index beyond any tree, do not exist", async () => {
    expect(await harness.read.verify([zeroHash, zeroHash, 0n, 0n, []])).toBe(false);
    const huge = 2n ** 256n - 1n;
    expect(await harness.read.verify([zeroHash, zeroHash, huge, huge, []])).toBe(false);
  });
});
