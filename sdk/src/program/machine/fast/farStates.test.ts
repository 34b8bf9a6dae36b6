import { describe, expect, onTestFailed, test } from "vitest";
import initWabt from "wabt";
import { createPlainTrace } from "../../../../../test/fixtures/machine/plainTrace.ts";
import { seededRandom } from "../../../../../test/fixtures/random.ts";
import { compileProgram } from "../../../compile/index.ts";
import { memoryContent } from "../../../protocol/content/memoryContent.ts";
import { putBytes } from "../../../protocol/content/putBytes.ts";
import { Outcome } from "../../../protocol/job/job.ts";
import { doneHash } from "../core/state.ts";
import { type Machine, machineOf } from "../image/machine.ts";
import { endOf } from "../task/execution.ts";
import { type MachineTask, machineTask } from "../task/task.ts";
import { createTrace } from "./index.ts";

const wabt = await initWabt();

/** Enough that nothing but what a test is about ends a task. */
const MAX_STEPS = 100_000_000n;

async function taskOf(
  machine: Machine,
  bytes: Uint8Array,
  { maxSteps = MAX_STEPS, maxResultBytes = 8 << 20 } = {},
): Promise<MachineTask> {
  const input = { cid: await putBytes(memoryContent(), bytes), bytes };
  return machineTask({ machine, maxSteps, maxResultBytes, input });
}

/** A program from the body of its `run`, and what else it needs. */
function programOf(run: string, rest = "", memory = "1 16"): Machine {
  const text = `(module ${rest} (memory (export "memory") ${memory})
    (func (export "alloc") (param i32) (result i32) (i32.const 1024))
    (func (export "run") (param $at i32) (param $length i32) (result i64) ${run}))`;
  const module = wabt.parseWat("module.wat", text, { bulk_memory: true, multi_value: true });
  try {
    return machineOf(module.toBinary({}).buffer);
  } finally {
    module.destroy();
  }
}

/** Compares states and proofs at some places, which both come to one after the other. */
function expectSameAt(
  task: MachineTask,
  places: readonly number[],
  options: Parameters<typeof createTrace>[1] = {},
): void {
  const plain = createPlainTrace(task);
  const fast = createTrace(task, options);
  for (const place of places.toSorted((a, b) => a - b)) {
    plain.goTo(place);
    const [hash] = fast.hashes({ from: BigInt(place), spacing: 0n, count: 1 });
    if (plain.ending !== undefined) {
      expect(hash).toEqual(doneHash(plain.ending));
      expect(fast.stepAfter(BigInt(place))).toEqual(plain.ending);
      continue;
    }
    const execution = plain.execution();
    expect(hash).toEqual(execution.hash());
    expect(fast.stepAfter(BigInt(place))).toEqual(execution.prove());
  }
}

/** Some places of a task with its end and the last steps before it. */
function someOf(task: MachineTask, count: number): number[] {
  const random = seededRandom();
  onTestFailed(() => console.error(`SEED=${random.seed}`));
  const { ending, steps } = endOf(task);
  expect(createTrace(task).end()).toEqual({ ending, steps });
  const places = Array.from({ length: count }, () => random.below(Number(steps)));
  return [...places, Number(steps) - 2, Number(steps) - 1, Number(steps)];
}

describe("far from its beginning a task is in the same states, and has the same proofs", () => {
  const source = `export function main(input: Uint8Array): Uint8Array {
    for (let i = 0; i < input.length; i += 900) input[i] = input[i] * 7 + i;
    return input;
  }`;
  const echo = compileProgram({ source, memoryPages: 256 }).then(machineOf);
  test.each([
    ["without input", 0],
    ["with a chunk and a byte", 1_025],
    ["with a block and a byte", (1 << 20) + 1],
    ["with 3 MiB and a bit", (3 << 20) + 1_500],
  ])("%s", async (_, length) => {
    const input = Uint8Array.from({ length }, (_, index) => index * 7);
    const task = await taskOf(await echo, input);
    const plain = createPlainTrace(task);
    expectSameAt(task, someOf(task, length > 1 << 20 ? 2 : 12));
    plain.goTo(Number.MAX_SAFE_INTEGER);
    expect(plain.ending?.outcome).toBe(Outcome.ok);
  });

  const recursion = `(type $down (func (param i32) (result i32))) (table 3 funcref) (elem (i32.const 1) $down)
    (func $down (type $down) (if (result i32) (local.get 0)
      (then (i32.add (i32.const 1) (call_indirect (type $down) (i32.sub (local.get 0) (i32.const 1)) (i32.const 1))))
      (else (call $up (i32.const 600)))))
    (func $up (type $down) (if (result i32) (local.get 0)
      (then (i32.add (i32.const 1) (call $up (i32.sub (local.get 0) (i32.const 1)))))
      (else (i32.const 0))))`;
  const descend = (depth: number) => `(i32.store (i32.const 2048) (call $down (i32.const ${depth})))
    (i32.store (i32.const 2052) (call $down (i32.const ${depth}))) (i64.const 0x0000080000000008)`;
  test.each([
    ["over its fuel", programOf("(loop $l (br $l)) (unreachable)"), 20_000n, Outcome.overLimit],
    [
      "over its fuel by a fill",
      programOf(
        "(loop $l (memory.fill (i32.const 1) (i32.const 2) (i32.const 50000)) (br $l)) (unreachable)",
      ),
      20_000n,
      Outcome.overLimit,
    ],
    ["over its depth", programOf(descend(5_000), recursion), MAX_STEPS, Outcome.overLimit],
    ["deep in calls", programOf(descend(1_500), recursion), MAX_STEPS, Outcome.ok],
  ])("%s", async (_, machine, maxSteps, outcome) => {
    const task = await taskOf(machine, Uint8Array.of(1), { maxSteps });
    expect(endOf(task).ending.outcome).toBe(outcome);
    expectSameAt(task, someOf(task, 20));
  });

  test("in a program of several parts, with a function that is longer than one", async () => {
    const work = (count: number) =>
      Array.from(
        { length: count },
        (_, i) => `(local.set 1 (i32.xor (i32.const ${i}) (i32.mul (i32.const 3) (local.get 1))))
        ${i % 50 === 0 ? "(if (i32.and (local.get 1) (i32.const 1)) (then (local.set 1 (i32.add (local.get 1) (i32.const 5)))))" : ""}`,
      ).join("\n");
    const functions = Array.from(
      { length: 24 },
      (_, i) => `(func $f${i} (param i32) (result i32) (local i32)
      (local.set 1 (local.get 0)) ${work(500)} (local.get 1))`,
    ).join("\n");
    const calls = Array.from(
      { length: 24 },
      (_, i) => `(local.set $x (call $f${i} (local.get $x)))`,
    ).join("\n");
    const long = `(func $long (param i32) (result i32) (local i32) (local.set 1 (local.get 0))
      (loop $again ${work(14_000)} (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br_if $again (local.get 0))) (local.get 1))`;
    const machine = programOf(
      `(local $x i32) (local.set $x (i32.const 3)) ${calls} (i32.store (i32.const 2048) (i32.add (local.get $x) (call $long (i32.const 3))))
        (i64.const 0x0000080000000004)`,
      functions + long,
    );
    expect(machine.flat.longestFunction).toBeGreaterThan(1 << 16);
    const task = await taskOf(machine, Uint8Array.of(1));
    expect(endOf(task).ending.outcome).toBe(Outcome.ok);
    expectSameAt(task, someOf(task, 12));
  });
});

test.each([
  ["with snapshots", 64 << 20],
  ["with few snapshots", 3 << 20],
  ["with none but the first", 0],
])(
  "a state is the same %s, in whatever order states are asked for",
  async (_, maxSnapshotBytes) => {
    const random = seededRandom();
    onTestFailed(() => console.error(`SEED=${random.seed}`));
    const machine = programOf(
      `(local $i i32) (loop $l
      (i32.store (i32.and (i32.mul (local.get $i) (i32.const 2654435761)) (i32.const 0x3fffc)) (local.get $i))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $l (i32.lt_u (local.get $i) (i32.const 20000)))) (i64.const 0x0000080000000404)`,
      "",
      "8 16",
    );
    const task = await taskOf(machine, Uint8Array.of(1));
    const inOrder = createTrace(task);
    const { steps } = inOrder.end();
    const spacing = steps / 100n;
    const expected = inOrder.hashes({ from: 0n, spacing, count: 120 });
    const fast = createTrace(task, { maxSnapshotBytes });
    for (let i = 0; i < 60; i++) {
      const [first, count] = [random.below(110), 1 + random.below(6)];
      const hashes = fast.hashes({ from: spacing * BigInt(first), spacing, count });
      expect(hashes).toEqual(expected.slice(first, first + count));
    }
    expect(new Set(expected.map(String)).size).toBe(101);
    expectSameAt(task, [Number(spacing) * 50], { maxSnapshotBytes });
  },
);
