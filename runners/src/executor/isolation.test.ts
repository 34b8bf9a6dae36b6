import { Outcome, runProgram } from "@assay/sdk/program";
import { expect, onTestFailed, test } from "vitest";
import { packed, programOf } from "../../../test/fixtures/programs.ts";
import { seededRandom } from "../../../test/fixtures/random.ts";
import { useExecutors } from "../../test/executors.ts";
import { OPERATION, randomStateInput, stateInput, stateMachine } from "../../test/stateMachine.ts";

const executor = useExecutors();
const limits = { maxResultBytes: 1 << 20, maxSteps: 200_000n };

/** Nothing for a task that gave none. */
function bytesOf(run: object): Uint8Array {
  return "bytes" in run ? (run.bytes as Uint8Array) : new Uint8Array();
}

test("no task can tell that its process ran others before", async () => {
  const random = seededRandom();
  onTestFailed(() => console.error(`SEED=${random.seed}`));
  const inputs = Array.from({ length: 300 }, () => randomStateInput(random));
  const one = executor({ processes: 1 });
  const runs = await Promise.all(
    inputs.map((input) => one.run({ program: stateMachine, input, ...limits })),
  );

  const outcomes = new Set<Outcome>();
  for (const [i, run] of runs.entries()) {
    // In an instance of its own.
    const alone = runProgram({
      ...{ wasm: stateMachine.wasm, input: inputs[i] as Uint8Array },
      ...limits,
    });
    expect(run.outcome).toBe(alone.outcome);
    expect(Buffer.compare(bytesOf(run), bytesOf(alone)), `the state after task ${i}`).toBe(0);
    outcomes.add(run.outcome);
  }
  expect(outcomes.size).toBe(3); // all three occurred, or the test has shown little
});

test.each([
  ["ended well", []],
  ["trapped", [OPERATION.trap]],
  ["ran out of fuel", [OPERATION.loopForever]],
  ["called too deep", [OPERATION.recurseForever]],
  ["grew its memory", [OPERATION.grow]],
  ["dropped data", [OPERATION.dropData]],
])("a task after one that changed everything and %s sees the initial state", async (_, last) => {
  const { setI32, setI64, setF32, setF64, fill, initFromData } = OPERATION;
  const changes = [setI32, setI64, setF32, setF64, initFromData, ...last];
  const operations = changes.map((type) => ({ type, a: 0x40_9001, b: 0x1234_5678 }));
  const everywhere = Array.from({ length: 80 }, (_, i) => ({ type: fill, a: i * 3_000, b: 0xab }));
  // The page of the input is left out, or the program would overwrite what it is to do.
  const elsewhere = everywhere.filter(({ a }) => a + 3_000 <= 65_536 || a >= 131_072);
  const change = stateInput(4_096, [...elsewhere, ...operations]);
  const look = stateInput(4_096, []);

  const one = executor({ processes: 1 });
  const run = (input: Uint8Array) => one.run({ program: stateMachine, input, ...limits });
  await Promise.all([run(look), run(change), run(change)]);
  const [first, , second] = await Promise.all([run(look), run(change), run(look)]);
  const initial = bytesOf(runProgram({ wasm: stateMachine.wasm, input: look, ...limits }));
  expect(Buffer.compare(bytesOf(first), initial)).toBe(0);
  expect(Buffer.compare(bytesOf(second), initial)).toBe(0);
});

test("a task has all of its fuel, whatever those before it used", async () => {
  const spender = programOf("spender", {
    rest: "(global $i (mut i32) (i32.const 1000)) (func $start (call $spend)) (start $start) (func $spend (loop $again (global.set $i (i32.sub (global.get $i) (i32.const 1))) (br_if $again (global.get $i))))",
    run: `(global.set $i (i32.const 1000)) (call $spend) ${packed("(i32.const 0)", "(i32.const 4)")}`,
  });
  const input = new Uint8Array();
  const { fuelUsed } = runProgram({ wasm: spender.wasm, input });
  const one = executor({ processes: 1 });
  const outcomes = (maxSteps: bigint) =>
    Promise.all(
      Array.from({ length: 5 }, () =>
        one.run({ program: spender, input, maxResultBytes: 4, maxSteps }),
      ),
    ).then((runs) => runs.map(({ outcome }) => outcome));
  expect(await outcomes(fuelUsed)).toEqual(Array(5).fill(Outcome.ok));
  expect(await outcomes(fuelUsed - 1n)).toEqual(Array(5).fill(Outcome.overLimit));
});
