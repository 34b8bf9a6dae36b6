import type { Runner } from "@assay/runners";
import type { AbortOptions } from "@assay/sdk";
import type { LocalProgram } from "../../../shared/src/programs/localProgram.ts";
import { TaskFailedError } from "../../../shared/src/programs/taskFailedError.ts";
import { MAX_RESULT_BYTES, type ProgramName } from "../programs/programs.ts";

/** A place to compute tasks: this process, threads, a runner, or the marketplace. All give the same bytes. */
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

/** Runs tasks wherever the runner does, with the limits that they have on the marketplace. */
export function createRunnerCompute(
  runner: Runner,
  programs: ReadonlyMap<ProgramName, Uint8Array>,
): Compute {
  return {
    async run(name, inputs, { signal } = {}) {
      const program = programs.get(name);
      if (program === undefined) throw new RangeError(`${name} is not loaded`);
      const results: Uint8Array[] = [];
      const limits = { maxResultBytes: MAX_RESULT_BYTES };
      for await (const result of runner.run({ program, inputs, limits, signal })) {
        const { position, outcome } = result;
        if (outcome !== "ok") throw new TaskFailedError(`Task ${position} of ${name}`, outcome);
        results[position] = result.bytes;
      }
      return results;
    },
  };
}
