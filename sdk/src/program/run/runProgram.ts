import { jobDefaults } from "../../protocol/job/defaults.ts";
import { Outcome } from "../../protocol/job/job.ts";
import { INSTRUMENTED_EXPORT, MAX_FUEL, STOP } from "../abi/instrumented.ts";
import { ProgramHostError } from "../errors/program.ts";
import { callAbi, hostError, instantiate } from "./instance.ts";

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
  /** Most memory that the program had, in bytes: memory never shrinks. */
  memoryBytes: number;
} & (
  | { outcome: typeof Outcome.ok; bytes: Uint8Array }
  | { outcome: typeof Outcome.trap | typeof Outcome.overLimit }
);

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
  const maxFuel = maxSteps < MAX_FUEL ? maxSteps : MAX_FUEL;
  const exports = instantiate(wasm, maxFuel);
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
