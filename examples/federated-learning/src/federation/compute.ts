import type { AbortOptions } from "@assay/sdk";
import type { LocalProgram } from "../../../shared/src/programs/localProgram.ts";
import type { ProgramName } from "../programs/programs.ts";

/** Where tasks are computed: in this process, by threads, or by strangers on the marketplace. All give the same bytes. */
export interface Compute {
  /** The results of a program for these inputs, in their order. */
  run(
    program: ProgramName,
    inputs: readonly Uint8Array[],
    options?: AbortOptions,
  ): Promise<Uint8Array[]>;
}

/** One task after another in this process. */
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
