import { CID } from "multiformats/cid";
import * as Digest from "multiformats/hashes/digest";
import { bytesToHex, encodeAbiParameters, hexToBytes, keccak256, stringToBytes } from "viem";
import { describe, expect, onTestFailed, test } from "vitest";
import { seededRandom } from "../../../../test/fixtures/random.ts";
import {
  cidOf,
  inputLeaf,
  merkleProof,
  merkleRoot,
  Outcome,
  resultLeaf,
  UnsupportedCidError,
  verifyMerkleProof,
} from "../../index.ts";

function random() {
  const source = seededRandom();
  onTestFailed(() => console.error(`SEED=${source.seed}`));
  return source;
}

const words = (...types: string[]) => types.map((type) => ({ type }));

describe("leaves", () => {
  test("an input leaf is the hash of the ABI encoding of its five words", () => {
    const cid = cidOf(new Uint8Array([1]));
    const expected = keccak256(
      encodeAbiParameters(words("bytes32", "uint256", "bytes4", "bytes32", "uint256"), [
        keccak256(
          stringToBytes(
            "AssayInput(uint256 position,bytes4 prefix,bytes32 digest,uint256 byteLength)",
          ),
        ),
        4_000_000_000n,
        "0x01551e20",
        bytesToHex(cid.multihash.digest),
        2n ** 40n,
      ]),
    );
    expect(bytesToHex(inputLeaf(4_000_000_000, { cid, byteLength: 2 ** 40 }))).toBe(expected);
  });

  test("a result leaf is the hash of its six words, and a failure's CID and length are zero", () => {
    const cid = cidOf(new Uint8Array([1]), "dag-cbor");
    const leaf = (outcome: number, prefix: string, digest: string, byteLength: bigint) =>
      keccak256(
        encodeAbiParameters(words("bytes32", "uint256", "uint8", "bytes4", "bytes32", "uint256"), [
          keccak256(
            stringToBytes(
              "AssayResult(uint256 position,uint8 outcome,bytes4 prefix,bytes32 digest,uint256 byteLength)",
            ),
          ),
          7n,
          outcome,
          prefix,
          digest,
          byteLength,
        ]),
      );
    const ok = resultLeaf(7, { outcome: Outcome.ok, cid, byteLength: 9 });
    expect(bytesToHex(ok)).toBe(leaf(1, "0x01711e20", bytesToHex(cid.multihash.digest), 9n));
    const zero = `0x${"00".repeat(32)}`;
    expect(bytesToHex(resultLeaf(7, { outcome: Outcome.trap }))).toBe(
      leaf(2, "0x00000000", zero, 0n),
    );
    expect(bytesToHex(resultLeaf(7, { outcome: Outcome.overLimit }))).toBe(
      leaf(3, "0x00000000", zero, 0n),
    );
  });

  test("positions and lengths that are not whole numbers are refused", () => {
    const cid = cidOf(new Uint8Array());
    for (const odd of [-1, 0.5, Number.NaN, 2 ** 53]) {
      expect(() => inputLeaf(odd, { cid, byteLength: 0 })).toThrow(RangeError);
      expect(() => inputLeaf(0, { cid, byteLength: odd })).toThrow(RangeError);
    }
  });

  test("a CID that the chain cannot carry is refused", () => {
    const cid = CID.createV1(0x55, Digest.create(0x12, new Uint8Array(20)));
    expect(() => inputLeaf(0, { cid, byteLength: 0 })).toThrow(UnsupportedCidError);
  });
});

/** The definition, literally: pad to a power of two with zero words, hash pairs. */
function naiveRoot(leaves: Uint8Array[]): Uint8Array {
  let row = [...leaves];
  while (Math.log2(row.length) % 1 !== 0) row.push(new Uint8Array(32));
  while (row.length > 1) {
    row = Array.from({ length: row.length / 2 }, (_, i) =>
      hexToBytes(keccak256(Uint8Array.from([1, ...(row[2 * i] ?? []), ...(row[2 * i + 1] ?? [])]))),
    );
  }
  return row[0] ?? new Uint8Array();
}

describe("trees", () => {
  test("every root from 1 to 70 leaves is that of the definition", () => {
    const source = random();
    const leaves: Uint8Array[] = [];
    for (let n = 1; n <= 70; n++) {
      leaves.push(source.bytes(32));
      expect(merkleRoot(leaves)).toEqual(naiveRoot(leaves));
    }
  });

  test("every leaf of every tree has a proof, and it proves no other leaf, place or count", () => {
    const source = random();
    for (const count of [1, 2, 3, 4, 5, 7, 8, 9, 31, 33]) {
      const leaves = Array.from({ length: count }, () => source.bytes(32));
      const root = merkleRoot(leaves);
      for (const [index, leaf] of leaves.entries()) {
        const proof = merkleProof(leaves, index);
        const claim = { root, leaf, index, count, proof };
        expect(verifyMerkleProof(claim)).toBe(true);
        expect(verifyMerkleProof({ ...claim, leaf: source.bytes(32) })).toBe(false);
        expect(verifyMerkleProof({ ...claim, root: source.bytes(32) })).toBe(false);
        expect(verifyMerkleProof({ ...claim, index: index + count })).toBe(false);
        expect(verifyMerkleProof({ ...claim, proof: [...proof, source.bytes(32)] })).toBe(false);
        if (proof.length > 0) {
          expect(verifyMerkleProof({ ...claim, index: index ^ 1 })).toBe(false);
          expect(verifyMerkleProof({ ...claim, proof: proof.slice(1) })).toBe(false);
        }
      }
    }
  });

  test("padding cannot be proved as a leaf, nor an inner node", () => {
    const source = random();
    const leaves = Array.from({ length: 5 }, () => source.bytes(32));
    const root = merkleRoot(leaves);
    const padded = [...leaves, new Uint8Array(32)];
    const proof = merkleProof(padded, 5);
    const claim = { root, leaf: new Uint8Array(32), index: 5, proof };
    expect(verifyMerkleProof({ ...claim, count: 6 })).toBe(true); // the very tree of six …
    expect(verifyMerkleProof({ ...claim, count: 5 })).toBe(false); // … which this is not
    const inner = merkleRoot(leaves.slice(0, 2));
    const upper = merkleProof(leaves, 0).slice(1);
    expect(verifyMerkleProof({ root, leaf: inner, index: 0, count: 5, proof: upper })).toBe(false);
  });

  test("nonsense is refused without throwing", () => {
    const leaf = new Uint8Array(32);
    const claim = { root: leaf, leaf, index: 0, count: 1, proof: [] };
    expect(verifyMerkleProof(claim)).toBe(true);
    for (const count of [0, -1, 0.5, Number.NaN, 2 ** 33]) {
      expect(verifyMerkleProof({ ...claim, count })).toBe(false);
    }
    for (const index of [-1, 0.5, Number.NaN]) {
      expect(verifyMerkleProof({ ...claim, index })).toBe(false);
    }
    expect(verifyMerkleProof({ ...claim, leaf: new Uint8Array(31) })).toBe(false);
    const short = { ...claim, count: 2, proof: [new Uint8Array(31)] };
    expect(verifyMerkleProof(short)).toBe(false);
  });

  test("no leaves have no root", () => {
    expect(() => merkleRoot([])).toThrow(RangeError);
  });
});
