import { checkLimits, type Program, prepareProgram } from "./program.ts";

/** Instrumented modules that are kept, in bytes. */
const DEFAULT_MAX_BYTES = 128 << 20;

export interface ProgramCache {
  /**
   * The program with this CID, ready to run.
   * @param fetch - gets its bytes, unless the program is at hand.
   * @throws {@link ProgramRefusedError}, and what `fetch` throws.
   */
  get(
    cid: string,
    limits: { memoryPages: number },
    fetch: () => Promise<Uint8Array>,
  ): Promise<Program>;
}

/** The programs that were asked for last: many jobs run the same one, and instrumenting takes time. */
export function createProgramCache({
  maxBytes = DEFAULT_MAX_BYTES,
}: {
  maxBytes?: number;
} = {}): ProgramCache {
  const programs = new Map<string, Program>();
  let bytes = 0;

  function forget(cid: string): void {
    bytes -= programs.get(cid)?.instrumented.length ?? 0;
    programs.delete(cid);
  }

  function keep(cid: string, program: Program): void {
    forget(cid);
    programs.set(cid, program); // now the latest used
    bytes += program.instrumented.length;
    for (const oldest of programs.keys()) {
      if (bytes <= maxBytes) break;
      forget(oldest);
    }
  }

  return {
    async get(cid, limits, fetch) {
      let program = programs.get(cid);
      if (program === undefined) {
        const fetched = prepareProgram(cid, await fetch());
        // Another job may have been as fast: all are to run the same one, which a process compiles once.
        program = programs.get(cid) ?? fetched;
      }
      keep(cid, program);
      checkLimits(program, limits);
      return program;
    },
  };
}
