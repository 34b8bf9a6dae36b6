import { jobDefaults } from "../../protocol/job/defaults.ts";
import { Outcome } from "../../protocol/job/job.ts";
import { INSTRUMENTED_EXPORT, MAX_DEPTH, MAX_FUEL, STOP } from "../abi/instrumented.ts";
import { ProgramHostError } from "../errors/program.ts";
import { instrumentProgram } from "../instrument/instrumentProgram.ts";

export interface RunProgramParameters {
  /** A program, as `compileProgram` makes it. */
  wasm: Uint8Array;
  input: Uint8Array;
  /** Longest result, in bytes. Default: that of `submitJob`. */
  maxResultBytes?: number | undefined;
  /** Most fuel. Default: that of `submitJob`. */
  maxSteps?: bigint | undefined;
}

export type RunProgramReturnType = {
  /**
   * Fuel that the task took: what `maxSteps` has to allow. Exact when the program ended by itself; all of `maxSteps`
   * when fuel ran out; after a trap, or a call too deep, what had been noted by then.
   */
  fuelUsed: bigint;
} & (
  | { outcome: typeof Outcome.ok; bytes: Uint8Array }
  | { outcome: typeof Outcome.trap | typeof Outcome.overLimit }
);

interface InstrumentedExports {
  memory: WebAssembly.Memory;
  alloc(length: number): number;
  run(address: number, length: number): bigint;
  [INSTRUMENTED_EXPORT.fuel]: WebAssembly.Global<bigint>;
  [INSTRUMENTED_EXPORT.depth]: WebAssembly.Global<number>;
  [INSTRUMENTED_EXPORT.stop]: WebAssembly.Global<number>;
  [INSTRUMENTED_EXPORT.start]?(): void;
}

/** Addresses that cross the ABI are multiples of this. */
const ABI_ALIGNMENT = 1_024;

/**
 * Runs one task of a trusted program in this process, exactly as nodes run it, and measures its fuel. Use it to debug a program and to
 * price a job. It is no sandbox: it blocks this thread, and only fuel stops an endless program.
 *
 * @throws {@link InvalidProgramError} when no node would run the program.
 * @throws {@link ProgramHostError} when this machine has too little memory or stack for it.
 */
export function runProgram({
  wasm,
  input,
  maxResultBytes = jobDefaults.maxResultBytes,
  maxSteps = jobDefaults.maxSteps,
}: RunProgramParameters): RunProgramReturnType {
  const module = new WebAssembly.Module(instrumentProgram(wasm));
  const maxFuel = maxSteps < MAX_FUEL ? maxSteps : MAX_FUEL;
  let exports: InstrumentedExports;
  try {
    exports = new WebAssembly.Instance(module).exports as unknown as InstrumentedExports;
  } catch (error) {
    // A data or element segment outside of its memory or table.
    if (error instanceof WebAssembly.RuntimeError) return { outcome: Outcome.trap, fuelUsed: 0n };
    throw hostError(error);
  }
  const fuel = exports[INSTRUMENTED_EXPORT.fuel];
  fuel.value = maxFuel;
  exports[INSTRUMENTED_EXPORT.depth].value = MAX_DEPTH;
  const fuelUsed = () => (fuel.value < 0n ? maxFuel : maxFuel - fuel.value);

  try {
    const result = callAbi(exports, input);
    if (fuel.value < 0n) return { outcome: Outcome.overLimit, fuelUsed: maxFuel };
    if (result === undefined) return { outcome: Outcome.trap, fuelUsed: fuelUsed() };
    if (result.length > maxResultBytes) {
      return { outcome: Outcome.overLimit, fuelUsed: fuelUsed() };
    }
    return { outcome: Outcome.ok, bytes: result.slice(), fuelUsed: fuelUsed() };
  } catch (error) {
    switch (exports[INSTRUMENTED_EXPORT.stop].value) {
      case STOP.overFuel:
        return { outcome: Outcome.overLimit, fuelUsed: maxFuel };
      case STOP.overDepth:
        return { outcome: Outcome.overLimit, fuelUsed: fuelUsed() };
      case STOP.hostMemory:
        throw new ProgramHostError("memory.grow was refused", { cause: error });
    }
    if (error instanceof WebAssembly.RuntimeError) {
      return { outcome: Outcome.trap, fuelUsed: fuelUsed() };
    }
    throw hostError(error);
  }
}

/** Gives the result where it lies, or `undefined` for one that breaks the ABI or that fuel does not reach for. */
function callAbi(exports: InstrumentedExports, input: Uint8Array): Uint8Array | undefined {
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
function hostError(error: unknown): unknown {
  return error instanceof RangeError
    ? new ProgramHostError(error.message, { cause: error })
    : error;
}
