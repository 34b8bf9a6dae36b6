import { InvalidProgramError } from "@assay/sdk";
import { inspectProgram, instrumentProgram } from "@assay/sdk/program";
import { ProgramRefusedError } from "./errors.ts";

/** A program that was checked and instrumented. */
export interface Program {
  /** Tells programs apart; their CID is a good choice. */
  readonly id: string;
  /** The instrumented module (`docs/programs.md`). */
  readonly instrumented: Uint8Array;
  /** Pages of 64 KiB that its memory may grow to. */
  readonly maxPages: number;
}

/**
 * Checks a program and instruments it, without running anything of it: no imports, the three exports, a memory with a
 * declared maximum, and only such instructions as nodes run.
 *
 * @throws {@link ProgramRefusedError}
 */
export function prepareProgram(id: string, wasm: Uint8Array): Program {
  try {
    const { maxPages } = inspectProgram(wasm).memory;
    return { id, instrumented: instrumentProgram(wasm), maxPages };
  } catch (cause) {
    if (!(cause instanceof InvalidProgramError)) throw cause;
    throw new ProgramRefusedError(cause.shortMessage, { cause });
  }
}

/**
 * Prepares a program for a job that allows it a memory of so many pages of 64 KiB.
 *
 * @throws {@link ProgramRefusedError}
 */
export function admitProgram(
  id: string,
  wasm: Uint8Array,
  limits: { memoryPages: number },
): Program {
  const program = prepareProgram(id, wasm);
  checkLimits(program, limits);
  return program;
}

/** @throws {@link ProgramRefusedError} when the program's memory may outgrow the job's. */
export function checkLimits(
  { maxPages }: Pick<Program, "maxPages">,
  { memoryPages }: { memoryPages: number },
): void {
  if (maxPages <= memoryPages) return;
  throw new ProgramRefusedError(
    `its memory may grow to ${maxPages} pages; the job allows ${memoryPages}`,
  );
}
