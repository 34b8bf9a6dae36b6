import { describe, expect, test } from "vitest";
import { assembleProgram } from "../../../../../test/fixtures/machine/programText.ts";
import { compileProgram } from "../../../compile/index.ts";
import { toChainCid } from "../../../protocol/cid/chainCid.ts";
import { cidOf } from "../../../protocol/cid/cidOf.ts";
import { memoryContent } from "../../../protocol/content/memoryContent.ts";
import { putBytes } from "../../../protocol/content/putBytes.ts";
import { bytesToHex } from "../../../protocol/hashes/hex.ts";
import { Outcome } from "../../../protocol/job/job.ts";
import { InvalidProgramError } from "../../errors/program.ts";
import { runProgram } from "../../run/runProgram.ts";
import { doneHash } from "../core/state.ts";
import { machineOf } from "../image/machine.ts";
import { createExecution, endOf } from "./execution.ts";
import { linkOffset, rootOf } from "./larger.ts";
import { machineTask } from "./task.ts";

/** The first byte of the input chooses what becomes of it. */
const source = `
  let calls = 0;
  export function main(input: Uint8Array): Uint8Array {
    calls += 1;
    if (input.length == 0) return input;
    switch (input[0]) {
      case 0: return input;
      case 1: throw new Error("no");
      case 2: while (true) calls += 1;
      case 3: return new Uint8Array(0);
      case 4: return new Uint8Array(2000);
      case 5: {
        const result = new Uint8Array(8);
        let sum: f64 = 0;
        for (let i = 1; i < 200; i++) sum += Math.sqrt(<f64>i) / 3.0;
        store<f64>(result.dataStart, sum);
        return result;
      }
    }
    return new Uint8Array(<i32>load<u32>(input.dataStart + 4));
  }`;
const wasm = await compileProgram({ source, memoryPages: 256 });
const machine = machineOf(wasm);
const MAX_STEPS = 10_000_000n;

async function taskOf(input: Uint8Array, maxResultBytes = 8 << 20, maxSteps = MAX_STEPS) {
  const cid = await putBytes(memoryContent(), input);
  return machineTask({ machine, maxSteps, maxResultBytes, input: { cid, bytes: input } });
}

const filled = (length: number, first: number) => {
  const bytes = Uint8Array.from({ length }, (_, index) => (index * 7) % 256);
  if (length > 0) bytes[0] = first;
  return bytes;
};

async function expectedOf(input: Uint8Array, maxResultBytes: number, maxSteps: bigint) {
  const run = runProgram({ wasm, input, maxResultBytes, maxSteps });
  if (run.outcome !== Outcome.ok) return { outcome: run.outcome, byteLength: 0 };
  const { prefix, digest } = toChainCid(await putBytes(memoryContent(), run.bytes));
  return { outcome: run.outcome, byteLength: run.bytes.length, prefix, digest };
}

describe("a task ends in the machine as in a node", () => {
  test.each([
    ["no input", filled(0, 0), 1 << 20, MAX_STEPS],
    ["one byte back", filled(1, 0), 1 << 20, MAX_STEPS],
    ["a chunk and a byte", filled(1_025, 0), 1 << 20, MAX_STEPS],
    ["an odd number of chunks", filled(5_000, 0), 1 << 20, MAX_STEPS],
    ["a trap", filled(10, 1), 1 << 20, MAX_STEPS],
    ["no end", filled(10, 2), 1 << 20, 100_000n],
    ["an empty result", filled(10, 3), 1 << 20, MAX_STEPS],
    ["a result that is too long", filled(10, 4), 1_999, MAX_STEPS],
    ["floats", filled(10, 5), 1 << 20, MAX_STEPS],
    ["fuel that ends in alloc", filled(10, 0), 1 << 20, 3n],
    ["1 MiB", filled(1 << 20, 0), 8 << 20, MAX_STEPS],
    ["a byte more than 1 MiB", filled((1 << 20) + 1, 0), 8 << 20, MAX_STEPS],
    ["3 MiB and a bit", filled((3 << 20) + 1_500, 0), 8 << 20, MAX_STEPS],
  ])("%s", async (_, input, maxResultBytes, maxSteps) => {
    const { ending } = endOf(await taskOf(input, maxResultBytes, maxSteps));
    const { outcome, byteLength, prefix, digest } = ending;
    const seen =
      outcome === Outcome.ok
        ? { prefix: `0x${prefix.toString(16).padStart(8, "0")}`, digest: bytesToHex(digest) }
        : {};
    expect({ outcome, byteLength, ...seen }).toEqual(
      await expectedOf(input, maxResultBytes, maxSteps),
    );
  });
});

test("a content that is named otherwise than contents are is no input that can be proved", async () => {
  const large = new Uint8Array((1 << 20) + 1);
  const rootCid = await putBytes(memoryContent(), large);
  const limits = { maxSteps: 1n, maxResultBytes: 1 };
  const wrong = [
    { cid: cidOf(large), bytes: large },
    { cid: rootCid, bytes: large.subarray(1) },
  ];
  for (const input of wrong) {
    expect(() => machineTask({ machine, ...limits, input })).toThrow(InvalidProgramError);
  }
});

test("a small program that becomes a large machine is refused", () => {
  const many = "i32 ".repeat(1_000);
  const text = `(module (memory (export "memory") 1 1)
    (func (export "alloc") (param i32) (result i32) (i32.const 0))
    (func (export "run") (param i32 i32) (result i64) (i64.const 0))
    (func (block (result ${many}) (i32.const 7) ${"(i32.const 0)".repeat(1_000)}
      ${"(br_if 0 (i32.const 0))".repeat(4_200)} (br 0)) ${"(drop)".repeat(1_000)}))`;
  const program = assembleProgram(text);
  expect(program.length).toBeLessThan(30_000);
  expect(() => machineOf(program)).toThrow(/4194304 instructions/);
});

test("a link of a large content's root stands where it is looked for", () => {
  for (const mebibytes of [2, 23, 24, 40]) {
    const root = rootOf(new Uint8Array(mebibytes * (1 << 20) - 5));
    for (const index of [0, 1, mebibytes - 1]) {
      const at = linkOffset(root, index);
      expect(Uint8Array.from(root.bytes.subarray(at, at + 32))).toEqual(root.digests[index]);
    }
  }
});

test("every state that is proved follows from the one before, and the last is the answer's", async () => {
  const execution = createExecution(await taskOf(filled(1_500, 5)));
  const { steps } = endOf(await taskOf(filled(1_500, 5)));
  let hash = execution.hash();
  while (execution.ending === undefined) {
    const { before, after } = execution.prove();
    expect(before).toEqual(hash);
    hash = after;
  }
  expect(execution.steps).toBe(steps);
  expect(hash).toEqual(doneHash(execution.ending));
  expect(execution.prove().after).toEqual(hash);
});
