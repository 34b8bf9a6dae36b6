import { MAX_DEPTH } from "@assay/sdk/program";
import { packed, programOf } from "../../test/fixtures/programs.ts";

/** Enough for any task here. */
export const MAX_STEPS = 1n << 60n;

/**
 * The sum of the input's 64-bit words, `repeats` times over: the work of one program for every size of input and every
 * length of task.
 */
export function sumProgram(pages: number, repeats = 1) {
  return programOf(`sum in ${pages} pages, ${repeats} times`, {
    pages,
    run: `(local $i i32) (local $sum i64) (local $left i32)
      (local.set $left (i32.const ${repeats}))
      (loop $again
        (local.set $i (i32.const 0))
        (loop $next
          (local.set $sum (i64.add (local.get $sum)
            (i64.load (i32.add (local.get $ptr) (local.get $i)))))
          (local.set $i (i32.add (local.get $i) (i32.const 8)))
          (br_if $next (i32.lt_u (local.get $i) (local.get $len))))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br_if $again (local.get $left)))
      (i64.store (i32.const 1024) (local.get $sum))
      ${packed("(i32.const 1024)", "(i32.const 8)")}`,
  });
}

export interface Kernel {
  memory: WebAssembly.Memory;
  alloc(byteLength: number): number;
  run(address: number, byteLength: number): bigint;
  assay_fuel: WebAssembly.Global<bigint>;
  assay_depth: WebAssembly.Global<number>;
}

export function kernelOf(module: WebAssembly.Module): Kernel {
  const kernel = new WebAssembly.Instance(module).exports as unknown as Kernel;
  kernel.assay_fuel.value = MAX_STEPS;
  kernel.assay_depth.value = MAX_DEPTH;
  return kernel;
}

/** One task in an instance as it is, without anything around it. */
export function runKernel(kernel: Kernel, input: Uint8Array): Uint8Array {
  const inputAddress = kernel.alloc(input.length);
  new Uint8Array(kernel.memory.buffer, inputAddress, input.length).set(input);
  const address = Number(kernel.run(inputAddress, input.length) >> 32n);
  return new Uint8Array(kernel.memory.buffer, address, 8).slice();
}
