import { INSTRUMENTED_EXPORT, MAX_DEPTH } from "../abi/instrumented.ts";
import { ProgramHostError } from "../errors/program.ts";
import { instrumentProgram } from "../instrument/instrumentProgram.ts";

/** A global variable of a module. The DOM's types, with which pages are checked, name its type otherwise. */
interface Cell<Value> {
  value: Value;
}

export interface InstrumentedExports {
  memory: WebAssembly.Memory;
  alloc(length: number): number;
  run(address: number, length: number): bigint;
  [INSTRUMENTED_EXPORT.fuel]: Cell<bigint>;
  [INSTRUMENTED_EXPORT.depth]: Cell<number>;
  [INSTRUMENTED_EXPORT.stop]: Cell<number>;
  [INSTRUMENTED_EXPORT.start]?(): void;
}

/** Addresses that cross the ABI are multiples of this. */
const ABI_ALIGNMENT = 1_024;

/** @throws {@link InvalidProgramError} when no node would run the program. */
export function compileInstrumented(wasm: Uint8Array): WebAssembly.Module {
  return new WebAssembly.Module(instrumentProgram(wasm) as Uint8Array<ArrayBuffer>);
}

/** Makes an instance of an instrumented program for one task; `undefined` if that traps. */
export function instantiate(
  module: WebAssembly.Module,
  maxFuel: bigint,
): InstrumentedExports | undefined {
  let exports: InstrumentedExports;
  try {
    exports = new WebAssembly.Instance(module).exports as unknown as InstrumentedExports;
  } catch (error) {
    // A data or element segment outside of its memory or table.
    if (error instanceof WebAssembly.RuntimeError) return undefined;
    throw hostError(error);
  }
  exports[INSTRUMENTED_EXPORT.fuel].value = maxFuel;
  exports[INSTRUMENTED_EXPORT.depth].value = MAX_DEPTH;
  return exports;
}

/** Gives the result where it lies, or `undefined` for one that breaks the ABI or that fuel does not reach for. */
export function callAbi(exports: InstrumentedExports, input: Uint8Array): Uint8Array | undefined {
  const { memory, alloc, run } = exports;
  const spent = () => exports[INSTRUMENTED_EXPORT.fuel].value < 0n;
  exports[INSTRUMENTED_EXPORT.start]?.();
  if (spent()) return undefined;
  const inputAddress = alloc(input.length) >>> 0;
  if (spent() || !isInside(memory, inputAddress, input.length)) return undefined;
  new Uint8Array(memory.buffer, inputAddress).set(input);

  const packed = BigInt.asUintN(64, run(inputAddress, input.length));
  const address = Number(packed >> 32n);
  const length = Number(packed & 0xffff_ffffn);
  if (spent() || !isInside(memory, address, length)) return undefined;
  return new Uint8Array(memory.buffer, address, length);
}

function isInside(memory: WebAssembly.Memory, address: number, length: number): boolean {
  return address % ABI_ALIGNMENT === 0 && address + length <= memory.buffer.byteLength;
}

/** V8 throws a RangeError both for memory it cannot reserve and for a stack that is full. */
export function hostError(error: unknown): unknown {
  return error instanceof RangeError
    ? new ProgramHostError(error.message, { cause: error })
    : error;
}
