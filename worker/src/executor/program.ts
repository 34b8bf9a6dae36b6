import { InvalidProgramError, inspectProgram } from "@assay/sdk";
import { ProgramRefusedError } from "./errors.ts";

/** A program that was checked and may be run. */
export interface Program {
  /** Tells programs apart; their CID is a good choice. */
  readonly id: string;
  readonly wasm: Uint8Array;
}

/**
 * Checks a program against a job's limits, without running anything of it: no imports, the three exports, and a declared
 * memory maximum of at most `memoryPages` pages of 64 KiB.
 *
 * @throws {@link ProgramRefusedError}
 */
export function admitProgram(
  id: string,
  wasm: Uint8Array,
  { memoryPages }: { memoryPages: number },
): Program {
  let maxPages: number;
  try {
    maxPages = inspectProgram(wasm).memory.maxPages;
  } catch (cause) {
    if (!(cause instanceof InvalidProgramError)) throw cause;
    throw new ProgramRefusedError(cause.shortMessage, { cause });
  }
  if (maxPages > memoryPages) {
    throw new ProgramRefusedError(
      `its memory may grow to ${maxPages} pages; the job allows ${memoryPages}`,
    );
  }
  return { id, wasm };
}
