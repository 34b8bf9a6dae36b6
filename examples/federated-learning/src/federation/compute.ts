import type { AbortOptions } from "@assay/sdk";
import type { LocalProgram } from "../../../shared/src/programs/localProgram.ts";
import type { ProgramName } from "../programs/programs.ts";

/** A place to compute tasks: this process, threads, or the marketplace. All give the same bytes. */
export interface Compute {
  /** Runs a program on each input, and returns the results in the order of the inputs. */
  run(
    program: ProgramName,
    inputs: readonly Uint8Array[],
    options?: AbortOptions,
  ): Promise<Uint8Array[]>;
}

/** Runs one task after another in this process. */
export function createLocalCompute(programs: ReadonlyMap<ProgramName, LocalProgram>): Compute {
  return {
    async run(name, inputs, { signal } = {}) {
      const program = programs.get(name);
      if (program === undefined) throw new RangeError(`${name} is not loaded`);
      return inputs.map((input) => {
        signal?.throwIfAborted();
        return program.run(input);
      });
    },
  };
}
