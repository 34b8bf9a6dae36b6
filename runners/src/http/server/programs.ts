import { InvalidProgramError } from "@assay/sdk";
import { cidOf } from "@assay/sdk/protocol";
import { type CheckedProgram, createProgramChecker } from "../../runner/checkedProgram.ts";
import { RefusedError } from "./refused.ts";

/** Programs that clients have sent, those asked for last, within so many bytes. */
export interface SentPrograms {
  readonly bytes: number;
  /** @throws {@link RefusedError} for bytes of another name, and for what no node would run. */
  put(cid: string, wasm: Uint8Array): Promise<void>;
  /** @throws {@link RefusedError} when it was not sent, or was forgotten. */
  get(cid: string): CheckedProgram;
}

export function createSentPrograms(maxBytes: number): SentPrograms {
  const check = createProgramChecker();
  const programs = new Map<string, CheckedProgram>();
  let bytes = 0;

  function keep(cid: string, program: CheckedProgram): void {
    bytes += program.instrumented.length - (programs.get(cid)?.instrumented.length ?? 0);
    programs.delete(cid);
    programs.set(cid, program); // now the latest used
    for (const [oldest, { instrumented }] of programs) {
      if (bytes <= maxBytes || oldest === cid) break;
      programs.delete(oldest);
      bytes -= instrumented.length;
    }
  }

  return {
    get bytes() {
      return bytes;
    },
    async put(cid, wasm) {
      if (cidOf(wasm).toString() !== cid) {
        throw new RefusedError(
          400,
          "BAD_REQUEST",
          `The bytes are not those of ${cid.slice(0, 80)}.`,
        );
      }
      try {
        keep(cid, await check(wasm));
      } catch (error) {
        if (!(error instanceof InvalidProgramError)) throw error;
        throw new RefusedError(400, "PROGRAM_INVALID", error.shortMessage);
      }
    },
    get(cid) {
      const program = programs.get(cid);
      if (program === undefined) {
        throw new RefusedError(404, "PROGRAM_UNKNOWN", "The program is not here: send it first.");
      }
      keep(cid, program);
      return program;
    },
  };
}
