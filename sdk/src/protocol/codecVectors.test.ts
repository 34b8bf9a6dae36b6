import { readFile } from "node:fs/promises";
import { CID } from "multiformats/cid";
import { bytesToHex, type Hex, hexToBytes } from "viem";
import { describe, expect, test } from "vitest";
import {
  fromChainCid,
  hashSpec,
  hashTerms,
  inputLeaf,
  type JobTerms,
  merkleProof,
  merkleRoot,
  outcomeOfCode,
  type ResultEntry,
  resultLeaf,
  toChainCid,
  verifyMerkleProof,
} from "../index.ts";

/** Numbers above 2^53 are strings. */
interface CodecVectors {
  cids: { cid: string; prefix: Hex; digest: Hex }[];
  terms: {
    spec: {
      program: string;
      manifest: string;
      inputRoot: Hex;
      memoryPages: number;
      maxResultBytes: number;
      maxSteps: string;
      machineRoot: Hex;
    };
    specHash: Hex;
    terms: Omit<JobTerms, "rewardPerTask" | "stakePerBatch" | "salt"> &
      Record<"rewardPerTask" | "stakePerBatch" | "salt", string>;
    jobId: Hex;
  }[];
  trees: { leaves: Hex[]; root: Hex; proofs: Hex[][] }[];
  inputLeaves: { position: number; cid: string; byteLength: number; leaf: Hex }[];
  resultLeaves: {
    position: number;
    outcome: number;
    cid: string | null;
    byteLength: number;
    leaf: Hex;
  }[];
}

// The contract's tests read the same file.
const vectors = JSON.parse(
  await readFile(new URL("../../../test/fixtures/codec-vectors.json", import.meta.url), "utf8"),
) as CodecVectors;

describe("the codecs give what the contract gives", () => {
  test.each(vectors.cids)("CID $cid", ({ cid, prefix, digest }) => {
    expect(toChainCid(CID.parse(cid))).toEqual({ prefix, digest });
    expect(fromChainCid({ prefix, digest }).toString()).toBe(cid);
  });

  test.each(vectors.terms)("job $jobId", ({ spec, specHash, terms, jobId }) => {
    const actual = hashSpec({
      ...spec,
      program: CID.parse(spec.program),
      manifest: CID.parse(spec.manifest),
      maxSteps: BigInt(spec.maxSteps),
    });
    expect(actual).toBe(specHash);
    const { rewardPerTask, stakePerBatch, salt } = terms;
    expect(
      hashTerms({
        ...terms,
        rewardPerTask: BigInt(rewardPerTask),
        stakePerBatch: BigInt(stakePerBatch),
        salt: BigInt(salt),
      }),
    ).toBe(jobId);
  });

  test.each(vectors.trees)("tree $root", ({ leaves, root, proofs }) => {
    const list = leaves.map((leaf) => hexToBytes(leaf));
    expect(bytesToHex(merkleRoot(list))).toBe(root);
    expect(proofs).toHaveLength(leaves.length);
    for (const [index, proof] of proofs.entries()) {
      expect(merkleProof(list, index).map((sibling) => bytesToHex(sibling))).toEqual(proof);
      const leaf = list[index] ?? new Uint8Array();
      const siblings = proof.map((sibling) => hexToBytes(sibling));
      const claim = { root: hexToBytes(root), leaf, index, count: list.length, proof: siblings };
      expect(verifyMerkleProof(claim)).toBe(true);
    }
  });

  test.each(vectors.inputLeaves)("input leaf $leaf", ({ position, cid, byteLength, leaf }) => {
    expect(bytesToHex(inputLeaf(position, { cid: CID.parse(cid), byteLength }))).toBe(leaf);
  });

  test.each(vectors.resultLeaves)("result leaf $leaf", (vector) => {
    const { position, cid, byteLength, leaf } = vector;
    const outcome = outcomeOfCode(vector.outcome);
    if (outcome === undefined) throw new TypeError("no outcome");
    const entry: ResultEntry =
      outcome === "ok" ? { outcome, cid: CID.parse(cid ?? ""), byteLength } : { outcome };
    expect(bytesToHex(resultLeaf(position, entry))).toBe(leaf);
  });
});
