import { cidOf, proofArbiterAbi, toChainCid } from "@assay/sdk";
import { nextToShow } from "@assay/sdk/machine";
import { concatHex, encodeFunctionData, type Hex, padHex, zeroAddress, zeroHash } from "viem";
import { expect, test } from "vitest";
import { chunkIn } from "./shownResult.ts";

const content = Uint8Array.from({ length: 5_000 }, (_, at) => (at * 7) % 256);
const chainCid = toChainCid(cidOf(content));
const shown = { digest: chainCid.digest, byteLength: content.length };
const bytesOf = (chunk: number) => content.subarray(1_024 * chunk, 1_024 * (chunk + 1));

function witnessOf(chunk: number): Hex {
  const request = { chunks: [chunk], missing: 1, linked: 0, isLinkWhole: false };
  return nextToShow(content, request)?.witness ?? "0x";
}

/** The calldata by which a worker shows something. */
const showing = (witness: Hex): Hex =>
  encodeFunctionData({
    abi: proofArbiterAbi,
    functionName: "show",
    args: [
      {
        ...{
          job: zeroHash,
          specHash: zeroHash,
          batch: 0,
          position: 0,
          ground: 2,
          round: 0,
          number: 0,
        },
        ...{
          answer: zeroHash,
          requester: zeroAddress,
          worker: zeroAddress,
          challenger: zeroAddress,
        },
        ...{ resultRoot: zeroHash, resultLeaf: zeroHash, openedAt: 0, bond: 0n, fee: 0n },
      },
      { position: 0, outcome: 1, cid: chainCid, byteLength: content.length },
      0,
      witness,
    ],
  });

test.each([0, 3, 4])("chunk %i is found in the call that shows it", (chunk) => {
  expect(chunkIn(showing(witnessOf(chunk)), { ...shown, chunk })).toEqual(bytesOf(chunk));
});

test("it is found in a call of the worker's account, behind others that show something else", () => {
  const selector = "0xdeadbeef";
  const decoy = showing(witnessOf(1));
  const forged = showing(`${witnessOf(2).slice(0, -2)}00` as Hex);
  const calls = concatHex([
    selector,
    padHex("0x40"),
    decoy,
    forged,
    showing(witnessOf(2)),
    "0x000000",
  ]);
  expect(chunkIn(calls, { ...shown, chunk: 2 })).toEqual(bytesOf(2));
});

test("what is not the content's chunk is not taken for it", () => {
  const of = (call: Hex, chunk: number) => chunkIn(call, { ...shown, chunk });
  expect(of(showing(witnessOf(1)), 2)).toBeUndefined();
  expect(of(showing(witnessOf(1)), 5)).toBeUndefined();
  expect(of(showing(`${witnessOf(1)}${"00".repeat(32)}`), 1)).toBeUndefined();
  expect(of(showing(witnessOf(1).slice(0, -64) as Hex), 1)).toBeUndefined();
  expect(of(showing("0x"), 1)).toBeUndefined();
  expect(of(showing(witnessOf(1)).slice(0, -200) as Hex, 1)).toBeUndefined();
  expect(of("0x", 1)).toBeUndefined();
  expect(chunkIn(showing(witnessOf(1)), { ...shown, byteLength: 4_000, chunk: 1 })).toBeUndefined();
});

test("calldata that is there to cost time is given up early: a chunk behind too many calls is not found", () => {
  const selector = showing("0x").slice(2, 10);
  const behind = (calls: number) =>
    concatHex(["0xdeadbeef", `0x${selector.repeat(calls)}`, showing(witnessOf(1))]);
  expect(chunkIn(behind(8), { ...shown, chunk: 1 })).toEqual(bytesOf(1));
  expect(chunkIn(behind(1 << 18), { ...shown, chunk: 1 })).toBeUndefined();
});
