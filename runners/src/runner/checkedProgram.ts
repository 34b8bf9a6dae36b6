import { InvalidProgramError } from "@assay/sdk";
import { PAGE_BYTES } from "@assay/sdk/program";
import { cidOf } from "@assay/sdk/protocol";
import { ProgramRefusedError } from "../executor/errors.ts";
import type { Program } from "../executor/program.ts";
import { createProgramCache } from "../executor/programCache.ts";

/** A program that every node would run, by the CID of its bytes. */
export interface CheckedProgram extends Program {
  maxInputBytes: number;
}

/**
 * Checks and instruments programs, those that were asked for last only once: runs of few inputs may be many.
 *
 * @throws {@link InvalidProgramError}, from the function that it returns.
 */
export function createProgramChecker(): (wasm: Uint8Array) => Promise<CheckedProgram> {
  const cache = createProgramCache();
  return async (wasm) => {
    const anyMemory = { memoryPages: Number.POSITIVE_INFINITY };
    try {
      const program = await cache.get(cidOf(wasm).toString(), anyMemory, async () => wasm);
      return Object.assign(program, { maxInputBytes: program.maxPages * PAGE_BYTES });
    } catch (error) {
      // The same error as everywhere; that a node refuses a program is another one's.
      const isInvalid =
        error instanceof ProgramRefusedError && error.cause instanceof InvalidProgramError;
      throw isInvalid ? error.cause : error;
    }
  };
}
