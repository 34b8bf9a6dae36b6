import { expect, test } from "vitest";
import initWabt from "wabt";
import { INSTRUMENTED_EXPORT, MAX_DEPTH, MAX_FUEL } from "../index.ts";
import { instrumentModule } from "./instrumentProgram.ts";

const wabt = await initWabt();

function instantiate(text: string): Record<string, unknown> {
  const module = wabt.parseWat("module.wat", text);
  try {
    const wasm = instrumentModule(module.toBinary({}).buffer);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm));
    refill(exports);
    return exports;
  } finally {
    module.destroy();
  }
}

const fuelOf = (exports: Record<string, unknown>) =>
  exports[INSTRUMENTED_EXPORT.fuel] as WebAssembly.Global<bigint>;

function refill(exports: Record<string, unknown>): void {
  fuelOf(exports).value = MAX_FUEL;
  (exports[INSTRUMENTED_EXPORT.depth] as WebAssembly.Global<number>).value = MAX_DEPTH;
}

const call = (exports: Record<string, unknown>, name: string, ...values: (number | bigint)[]) =>
  (exports[name] as (...values: (number | bigint)[]) => unknown)(...values);

test("fuel is the sum over what was carried out, wherever it is charged", () => {
  const exports = instantiate(`(module (memory 1 1)
    (func (export "count") (param i32)
      (loop $l (if (local.get 0) (then (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br $l)))))
    (func (export "until") (param i32)
      (loop $l (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br_if $l (local.get 0))))
    (func (export "arms") (param i32)
      (block $out (if (local.get 0) (then (nop) (br $out)) (else (drop (i32.const 1)))) (drop (i32.const 1)) (drop (i32.const 1))))
    (func $leaf (param i32) (result i32) (i32.div_u (local.get 0) (i32.const 3)))
    (func (export "calls") (param i32) (result i32) (call $leaf (call $leaf (local.get 0)))))`);
  const used = (name: string, value: number) => {
    refill(exports);
    call(exports, name, value);
    return Number(MAX_FUEL - fuelOf(exports).value);
  };
  for (let n = 0; n < 5; n++) {
    // Entry 2; a head of loop, local.get, if for each round and the last look; 5 for each round.
    expect(used("count", n)).toBe(2 + 3 * (n + 1) + 5 * n);
    // Entry 2; loop and 6 for each round.
    if (n > 0) expect(used("until", n)).toBe(2 + 7 * n);
  }
  // Entry 2, local.get, if; br in one arm, const and drop in the other and twice behind it.
  expect([used("arms", 1), used("arms", 0)]).toEqual([2 + 2 + 1, 2 + 2 + 2 + 4]);
  // Entry 2, local.get, two calls of 4, and in each of them: entry 2, get, const, div 8.
  expect(used("calls", 9)).toBe(2 + 1 + 2 * 4 + 2 * 12);
});

test("a NaN that arithmetic made has one pattern of bits wherever it is seen", () => {
  const exports = instantiate(`(module (memory (export "memory") 1 1)
    (func (export "store") (param f64)
      (f32.store (i32.const 0) (f32.demote_f64 (f64.div (local.get 0) (local.get 0))))
      (f64.store (i32.const 8) (f64.neg (f64.sqrt (f64.sub (local.get 0) (f64.const 1))))))
    (func (export "bits32") (param f32) (result i32)
      (i32.reinterpret_f32 (f32.neg (f32.div (local.get 0) (local.get 0)))))
    (func (export "bits64") (param f64) (result i64)
      (i64.reinterpret_f64 (f64.abs (f64.sub (f64.div (f64.const 1) (local.get 0)) (f64.const inf)))))
    (func (export "sign") (param f64) (result f64)
      (f64.copysign (f64.const 2) (f64.neg (f64.div (local.get 0) (local.get 0)))))
    (func (export "sign-of-other") (param f32) (result f32)
      (f32.copysign (f32.const 2) (f32.div (local.get 0) (local.get 0)))))`);
  call(exports, "store", 0);
  const view = new DataView((exports.memory as WebAssembly.Memory).buffer);
  expect([view.getUint32(0, true), view.getBigUint64(8, true)]).toEqual([
    0x7fc00000,
    0x7ff8000000000000n,
  ]);
  expect(call(exports, "bits32", 0)).toBe(0x7fc00000);
  expect(call(exports, "bits64", 0)).toBe(0x7ff8000000000000n);
  expect(call(exports, "sign", 0)).toBe(2);
  expect(call(exports, "sign-of-other", 0)).toBe(2);
});

test("memory and the exported globals are all state: an instance that is set back begins anew", () => {
  const exports = instantiate(`(module (memory (export "memory") 1 1)
    (global i32 (i32.const 1)) (global $a (mut i64) (i64.const 5)) (global $b (export "b") (mut f64) (f64.const 1.5))
    (data (i32.const 0) "x") (data $once "abc") (start $init)
    (func $init (global.set $a (i64.const 6)))
    (func (export "run") (result i64)
      (memory.init $once (i32.const 8) (i32.const 0) (i32.const 3)) (data.drop $once)
      (global.set $b (f64.const 2)) (global.set $a (i64.add (global.get $a) (i64.load (i32.const 8))))
      (i64.store (i32.const 8) (global.get $a)) (global.get $a)))`);
  const state = Object.keys(exports).filter((name) => name.startsWith(INSTRUMENTED_EXPORT.global));
  // Two of the program's own, and whether the second data segment was dropped.
  expect(state).toEqual(["assay_global_1", "assay_global_2", "assay_global_6"]);
  const globals = state.map((name) => exports[name] as WebAssembly.Global<number>);
  const { buffer } = exports.memory as WebAssembly.Memory;
  const initial = globals.map((global) => global.value);
  const memory = new Uint8Array(buffer).slice();

  const task = () => {
    refill(exports);
    call(exports, INSTRUMENTED_EXPORT.start);
    return call(exports, "run");
  };
  const first = task();
  expect(task).toThrow(WebAssembly.RuntimeError); // the segment is gone
  for (const [i, global] of globals.entries()) global.value = initial[i] as number;
  new Uint8Array(buffer).set(memory);
  expect(task()).toBe(first);
});
