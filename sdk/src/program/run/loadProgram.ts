import { jobDefaults } from "../../protocol/job/defaults.ts";
import { Outcome } from "../../protocol/job/job.ts";
import { INSTRUMENTED_EXPORT, MAX_FUEL, STOP } from "../abi/instrumented.ts";
import { ProgramHostError } from "../errors/program.ts";
import { callAbi, compileInstrumented, hostError, instantiate } from "./instance.ts";

export interface LoadedTask {
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
  /** Most memory that the program had, in bytes: memory never shrinks. */
  memoryBytes: number;
} & (
  | { outcome: typeof Outcome.ok; bytes: Uint8Array }
  | { outcome: typeof Outcome.trap | typeof Outcome.overLimit }
);

/** A program that was instrumented and compiled, for many tasks. */
export interface LoadedProgram {
  /**
   * Runs one task in an instance of its own; see `runProgram`.
   *
   * @throws {@link ProgramHostError} when this machine has too little memory or stack for it.
   */
  run(task: LoadedTask): RunProgramReturnType;
}

/**
 * Instruments and compiles a trusted program, to run it in this process many times.
 * @param wasm - a program, as `compileProgram` makes it.
 *
 * @throws {@link InvalidProgramError} when no node would run the program.
 */
export function loadProgram(wasm: Uint8Array): LoadedProgram {
  const module = compileInstrumented(wasm);
  return { run: (task) => runIn(module, task) };
}

function runIn(
  module: WebAssembly.Module,
  {
    input,
    maxResultBytes = jobDefaults.maxResultBytes,
    maxSteps = jobDefaults.maxSteps,
  }: LoadedTask,
): RunProgramReturnType {
  const maxFuel = maxSteps < MAX_FUEL ? maxSteps : MAX_FUEL;
  const exports = instantiate(module, maxFuel);
  if (exports === undefined) return { outcome: Outcome.trap, fuelUsed: 0n, memoryBytes: 0 };
  const fuel = exports[INSTRUMENTED_EXPORT.fuel];
  const fuelUsed = () => (fuel.value < 0n ? maxFuel : maxFuel - fuel.value);
  const used = (fuelUsed: bigint) => ({ fuelUsed, memoryBytes: exports.memory.buffer.byteLength });

  try {
    const result = callAbi(exports, input);
    if (fuel.value < 0n) return { outcome: Outcome.overLimit, ...used(maxFuel) };
    if (result === undefined) return { outcome: Outcome.trap, ...used(fuelUsed()) };
    if (result.length > maxResultBytes) {
      return { outcome: Outcome.overLimit, ...used(fuelUsed()) };
    }
    return { outcome: Outcome.ok, bytes: result.slice(), ...used(fuelUsed()) };
  } catch (error) {
    switch (exports[INSTRUMENTED_EXPORT.stop].value) {
      case STOP.overFuel:
        return { outcome: Outcome.overLimit, ...used(maxFuel) };
      case STOP.overDepth:
        return { outcome: Outcome.overLimit, ...used(fuelUsed()) };
      case STOP.hostMemory:
        throw new ProgramHostError("memory.grow was refused", { cause: error });
    }
    if (error instanceof WebAssembly.RuntimeError) {
      return { outcome: Outcome.trap, ...used(fuelUsed()) };
    }
    throw hostError(error);
  }
}
