import { loadProgram, MAX_FUEL, Outcome } from "@assay/sdk/program";
import { TaskFailedError } from "./taskFailedError.ts";

/** A program that runs in this thread. */
export interface LocalProgram {
  /**
   * Runs one task as a node does, with as much fuel as it wants and a result as long as it likes.
   * @returns the result's bytes.
   * @throws {@link TaskFailedError} when the program traps.
   */
  run(input: Uint8Array): Uint8Array;
}

/**
 * Compiles a program once, for many tasks whose results are wanted at once.
 * @param wasm - a program, as `compileProgram` makes it.
 */
export function createLocalProgram(wasm: Uint8Array): LocalProgram {
  const program = loadProgram(wasm);
  return {
    run(input) {
      const run = program.run({
        input,
        maxSteps: MAX_FUEL,
        maxResultBytes: Number.POSITIVE_INFINITY,
      });
      if (run.outcome !== Outcome.ok) throw new TaskFailedError("The task", run.outcome);
      return run.bytes;
    },
  };
}
