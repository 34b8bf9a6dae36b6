import { describe, expect, test } from "vitest";
import { commandOf } from "../../../../test/fixtures/wasi.ts";
import {
  inspectProgram,
  type LinkWasiParameters,
  linkWasi,
  Outcome,
  runProgram,
} from "../index.ts";
import { instrumentProgram } from "../instrument/instrumentProgram.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (result: Uint8Array) => new TextDecoder().decode(result);

/** What a command gives for an input, as text. */
function run(wasm: Uint8Array, input = "", environment: Omit<LinkWasiParameters, "wasm"> = {}) {
  const program = linkWasi({ wasm, ...environment });
  const result = runProgram({ wasm: program, input: bytes(input), maxResultBytes: 2 ** 26 });
  return result.outcome === Outcome.ok ? text(result.bytes) : result.outcome;
}

const echo = commandOf({ start: "(call $echo (i32.const 100))" });
const say = (word: string) => ({
  data: `(data (i32.const 512) "${word}")`,
  write: `(call $write (i32.const 1) (i32.const 512) (i32.const ${word.length}))`,
});
const hello = say("hello");

describe("a linked command", () => {
  test("is a program that reads its input and writes its result", () => {
    const program = linkWasi({ wasm: echo, memoryPages: 20 });
    expect(WebAssembly.Module.imports(new WebAssembly.Module(program))).toEqual([]);
    expect(inspectProgram(program).memory).toEqual({ minPages: 1, maxPages: 20 });
    for (const input of ["", "a", "hello\n", "0123456789".repeat(50_000)]) {
      expect(run(echo, input)).toBe(input);
    }
  });

  test("is the same to the byte each time, and so is what it gives and takes", () => {
    const files = { "b/c": bytes("c"), a: bytes("a") };
    const env = { B: "2", A: "1" };
    const program = linkWasi({ wasm: echo, files, env, args: ["x"] });
    const sorted = { files: { a: bytes("a"), "b/c": bytes("c") }, env: { A: "1", B: "2" } };
    expect(linkWasi({ wasm: echo, args: ["x"], ...sorted })).toEqual(program);
    expect(linkWasi({ wasm: echo, files, env })).not.toEqual(program);
    const task = { wasm: program, input: bytes("twice") };
    expect(runProgram(task)).toEqual(runProgram(task));
  });

  test("has its result where the ABI wants it", () => {
    const { memory, alloc, run } = new WebAssembly.Instance(
      new WebAssembly.Module(linkWasi({ wasm: echo })),
    ).exports as unknown as {
      memory: WebAssembly.Memory;
      alloc(length: number): number;
      run(address: number, length: number): bigint;
    };
    const address = alloc(5000);
    expect(address % 1024).toBe(0);
    new Uint8Array(memory.buffer).fill(7, address, address + 5000);
    const result = run(address, 5000);
    expect(Number(result >> 32n) % 1024).toBe(0);
    expect(result & 0xffff_ffffn).toBe(5000n);
  });

  test("runs its start function once there is input, and before `_start`", () => {
    const started = commandOf({
      start: "(call $write (i32.const 1) (i32.const 1024) (i32.load (i32.const 100)))",
      rest: `(func $first (i32.store (i32.const 100) (call $read (i32.const 1024) (i32.const 9))))
        (start $first)`,
    });
    expect(run(started, "in time")).toBe("in time");
  });

  test("that has no more memory for its result traps", () => {
    expect(run(echo, "x".repeat(40_000), { memoryPages: 3 })).toBe("x".repeat(40_000));
    expect(run(echo, "x".repeat(80_000), { memoryPages: 3 })).toBe(Outcome.trap);
  });
});

describe("its memory", () => {
  /** Grows by `step` pages, `times` times, and checks each time that it finds the size it left and zeros behind it. */
  const growing = (step: number, times: number) =>
    commandOf({
      pages: 2,
      rest: hello.data,
      start: `(local $i i32) (local $at i32)
        (call $echo (i32.const 50))
        (loop $more
          (local.set $at (i32.mul (memory.size) (i32.const 65536)))
          (if (i32.ne (memory.size) (i32.add (i32.const 2) (i32.mul (local.get $i) (i32.const ${step})))) (then (unreachable)))
          (if (i32.ne (memory.grow (i32.const ${step})) (i32.div_u (local.get $at) (i32.const 65536))) (then (unreachable)))
          (loop $next
            (if (i64.ne (i64.load (local.get $at)) (i64.const 0)) (then (unreachable)))
            (i64.store (local.get $at) (i64.const -1))
            (local.set $at (i32.add (local.get $at) (i32.const 8)))
            (br_if $next (i32.lt_u (local.get $at) (i32.mul (memory.size) (i32.const 65536)))))
          ${hello.write}
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $more (i32.lt_u (local.get $i) (i32.const ${times}))))
        (call $echo (i32.const 50))`,
    });

  test.each([
    [1, 40, 10],
    [1, 40, 300_000],
    [7, 5, 300_000],
    [40, 2, 1_000_000],
  ])("grows by %i pages %i times, with %i bytes of input", (step, times, length) => {
    const input = "0123456789".repeat(length / 10);
    expect(run(growing(step, times), input)).toBe(input + "hello".repeat(times));
  });

  test("grows no further than it may, and goes on", () => {
    const wasm = commandOf({
      rest: hello.data,
      start: `(if (i32.ne (memory.grow (i32.const 9)) (i32.const -1)) (then (unreachable)))
        (if (i32.ne (memory.grow (i32.const -1)) (i32.const -1)) (then (unreachable)))
        (if (i32.ne (memory.grow (i32.const 8)) (i32.const 1)) (then (unreachable)))
        (if (i32.ne (memory.size) (i32.const 9)) (then (unreachable)))
        ${hello.write}`,
    });
    expect(run(wasm, "", { memoryPages: 10 })).toBe("hello");
  });

  test("does not grow so far that there is no address left for the result", () => {
    // What stands behind the command ends with a page here.
    const input = "x".repeat(65_536 - 5 * 1_024);
    const wasm = commandOf({
      rest: hello.data,
      start: `
        (if (i32.ne (memory.grow (i32.const 65534)) (i32.const -1)) (then (unreachable)))
        (if (i32.ne (memory.grow (i32.const 65533)) (i32.const 1)) (then (unreachable)))
        ${hello.write}`,
    });
    expect(run(wasm, input, { memoryPages: 65_536 })).toBe("hello");
  });

  test("costs fuel in proportion to its growth, however small the steps are", () => {
    const fuelOf = (times: number) =>
      runProgram({
        wasm: linkWasi({ wasm: growing(1, times) }),
        input: new Uint8Array(500_000),
        maxResultBytes: 2 ** 20,
      }).fuelUsed;
    const [few, more, most] = [fuelOf(50), fuelOf(100), fuelOf(200)];
    expect(Number(most - more)).toBeLessThan(2.5 * Number(more - few));
  });
});

describe("an exit", () => {
  const unreached = "(unreachable)";

  test("deep in the stack ends with what was written", () => {
    const wasm = commandOf({
      rest: `${hello.data}
        (type $float (func (param f64) (result f64)))
        (table 1 funcref)
        (elem (i32.const 0) $indirect)
        (func $exit (param $code i32) (call $proc_exit (local.get $code)) ${unreached})
        (func $indirect (param f64) (result f64) (call $exit (i32.const 0)) ${unreached})
        (func $float (result f32)
          (drop (call_indirect (type $float) (f64.const 1) (i32.const 0))) ${unreached})
        (func $long (param $left i32) (result i64)
          (if (i32.eqz (local.get $left)) (then (drop (call $float)) ${unreached}))
          (drop (i64.add (i64.const 1) (call $long (i32.sub (local.get $left) (i32.const 1)))))
          ${unreached})`,
      start: `${hello.write} (drop (i64.mul (i64.const 3) (call $long (i32.const 50)))) ${unreached}`,
    });
    expect(run(wasm)).toBe("hello");
  });

  test("in the start function leaves `_start` out", () => {
    const wasm = commandOf({
      rest: "(func $first (call $proc_exit (i32.const 0))) (start $first)",
      start: unreached,
    });
    expect(run(wasm)).toBe("");
  });

  test.each([1, 255, -1])("with %i is a trap", (code) => {
    const wasm = commandOf({ start: `(call $proc_exit (i32.const ${code}))` });
    expect(run(wasm)).toBe(Outcome.trap);
  });

  test("takes nothing from programs that never come near it", () => {
    const length = (exits: string) =>
      linkWasi({
        wasm: commandOf({
          start: `(call $middle) ${exits}`,
          rest: "(func $inner (drop (memory.grow (i32.const 0)))) (func $middle (call $inner) (call $inner))",
        }),
      }).length;
    // The exit's own call and the check behind it, and no check behind the calls of $inner and $middle.
    expect(length("(call $proc_exit (i32.const 0))") - length("")).toBe(10);
  });
});

test("what is linked is instrumented as any program is", () => {
  const program = linkWasi({ wasm: echo });
  expect(WebAssembly.validate(instrumentProgram(program))).toBe(true);
  const fuel = (length: number) =>
    runProgram({ wasm: program, input: new Uint8Array(length) }).fuelUsed;
  // Each round of 100 bytes takes as much as any other.
  expect(fuel(1_000) - fuel(900)).toBe(fuel(800) - fuel(700));
});
