import { encodeAbiParameters, keccak256, zeroAddress } from "viem";
import { describe, expect, test } from "vitest";
import { batchCount, batchRange, cidOf, hashSpec, hashTerms, type JobTerms } from "../../index.ts";

const spec = {
  program: cidOf(new Uint8Array([1])),
  manifest: cidOf(new Uint8Array([2]), "dag-cbor"),
  inputRoot: `0x${"ab".repeat(32)}`,
  memoryPages: 64,
  maxResultBytes: 1024,
  maxSteps: 2n ** 63n,
  machineRoot: `0x${"ef".repeat(32)}`,
} as const;

const terms: JobTerms = {
  requester: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
  token: zeroAddress,
  arbiter: "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
  taskCount: 10,
  batchSize: 4,
  rewardPerTask: 2n ** 80n,
  stakePerBatch: 3n,
  minScore: 4,
  claimUntil: 2 ** 39,
  submitWindowSeconds: 60,
  challengeWindowSeconds: 61,
  salt: 2n ** 64n - 1n,
  specHash: `0x${"cd".repeat(32)}`,
};

describe("hashes", () => {
  test("a spec is hashed as its nine words, and every one of them counts", () => {
    const digest = (fill: Uint8Array) => `0x${Buffer.from(fill).toString("hex")}` as const;
    const words = [
      "bytes4",
      "bytes32",
      "bytes4",
      "bytes32",
      "bytes32",
      "uint",
      "uint",
      "uint",
    ].concat("bytes32");
    const expected = keccak256(
      encodeAbiParameters(
        words.map((type) => ({ type })),
        [
          "0x01551e20",
          digest(spec.program.multihash.digest),
          "0x01711e20",
          digest(spec.manifest.multihash.digest),
          spec.inputRoot,
          64n,
          1024n,
          2n ** 63n,
          spec.machineRoot,
        ],
      ),
    );
    expect(hashSpec(spec)).toBe(expected);
    const numbers = ["memoryPages", "maxResultBytes", "maxSteps"] as const;
    const roots = ["inputRoot", "machineRoot"] as const;
    const others = [
      { ...spec, program: cidOf(new Uint8Array([3])) },
      { ...spec, manifest: cidOf(new Uint8Array([3]), "dag-cbor") },
      ...[...numbers, ...roots].map((key) => ({ ...spec, [key]: differentFrom(spec[key]) })),
    ];
    expect(new Set([expected, ...others.map((other) => hashSpec(other))]).size).toBe(8);
  });

  test("terms are hashed as their thirteen words, and every one of them counts", () => {
    const words = [..."aaa"].map(() => "address").concat(Array(9).fill("uint256"), "bytes32");
    const expected = keccak256(
      encodeAbiParameters(
        words.map((type) => ({ type })),
        Object.values(terms),
      ),
    );
    expect(hashTerms(terms)).toBe(expected);
    const others = Object.keys(terms).map((key) =>
      hashTerms({ ...terms, [key]: differentFrom(terms[key as keyof JobTerms]) }),
    );
    expect(new Set([expected, ...others]).size).toBe(14);
  });

  test("what does not fit its word is refused", () => {
    expect(() => hashTerms({ ...terms, taskCount: 2 ** 32 })).toThrow();
    expect(() => hashTerms({ ...terms, salt: 2n ** 64n })).toThrow();
    expect(() => hashSpec({ ...spec, maxSteps: -1n })).toThrow();
  });
});

function differentFrom(value: string | number | bigint): string | number | bigint {
  if (typeof value === "bigint") return value - 1n;
  if (typeof value === "number") return value + 1;
  return value.length === 42 ? `0x${"11".repeat(20)}` : `0x${"11".repeat(32)}`;
}

describe("batches", () => {
  test("cover every task once, the last one what is left", () => {
    expect(batchCount(terms)).toBe(3);
    expect([0, 1, 2].map((batch) => batchRange(terms, batch))).toEqual([
      { first: 0, count: 4 },
      { first: 4, count: 4 },
      { first: 8, count: 2 },
    ]);
    expect(batchRange({ taskCount: 1, batchSize: 1000 }, 0)).toEqual({ first: 0, count: 1 });
  });

  test.each([-1, 3, 0.5, Number.NaN])("there is no batch %s", (batch) => {
    expect(() => batchRange(terms, batch)).toThrow(RangeError);
  });
});
