import binaryen from "binaryen";
import { type Program, prepareProgram } from "../src/executor/program.ts";

/** A program as it is posted, and as it is run. */
export type TestProgram = Program & { wasm: Uint8Array };

/** An `alloc` that keeps the ABI: everything goes to 64 KiB, whatever the length. */
const HONEST_ALLOC = '(func (export "alloc") (param i32) (result i32) (i32.const 65536))';

/** A program from WebAssembly text: its `run`, and what else it needs. */
export function programOf(
  name: string,
  {
    run,
    alloc = HONEST_ALLOC,
    pages = 4,
    maxPages = pages,
    rest = "",
  }: { run: string; alloc?: string; pages?: number; maxPages?: number; rest?: string },
): TestProgram {
  const module = binaryen.parseText(
    `(module ${rest} (memory (export "memory") ${pages} ${maxPages}) ${alloc}
      (func (export "run") (param $ptr i32) (param $len i32) (result i64) ${run}))`,
  );
  try {
    module.setFeatures(binaryen.Features.MVP | binaryen.Features.BulkMemory);
    const wasm = module.emitBinary();
    return { ...prepareProgram(name, wasm), wasm };
  } finally {
    module.dispose();
  }
}

/** The result's address in the high half, its length in the low one. */
export function packed(address: string, length: string): string {
  return `(i64.or (i64.shl (i64.extend_i32_u ${address}) (i64.const 32)) (i64.extend_i32_u ${length}))`;
}

/** Gives the input back. */
export const echo = programOf("echo", { run: packed("(local.get $ptr)", "(local.get $len)") });

/** Gives the input with another first letter: no input is a result. */
export const changed = programOf("changed", {
  run: `(i32.store8 (local.get $ptr) (i32.add (i32.load8_u (local.get $ptr)) (i32.const 1)))
    ${packed("(local.get $ptr)", "(local.get $len)")}`,
});

/** Never ends. */
export const endless = programOf("endless", { run: "(loop $again (br $again)) (unreachable)" });

/** Gives the input back after some ten million steps: about 20 ms. */
export const slowEcho = programOf("slow echo", {
  run: `(local $i i32)
    (loop $again
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (i32.const 20000000))))
    ${packed("(local.get $ptr)", "(local.get $len)")}`,
});

/** Gives the input back, and traps if it is empty. */
export const pickyEcho = programOf("picky echo", {
  run: `(if (i32.eqz (local.get $len)) (then (unreachable))) ${packed("(local.get $ptr)", "(local.get $len)")}`,
});

export const numbered = (count: number) =>
  Array.from({ length: count }, (_, i) => new TextEncoder().encode(`task ${i}`));
