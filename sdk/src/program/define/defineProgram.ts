import type { CID } from "multiformats/cid";
import { Outcome } from "../../protocol/job/job.ts";
import { type RunProgramParameters, runProgram } from "../run/runProgram.ts";

/** A program with the types of what goes in and what comes out: `submitJob` and `runJob` take it as `program`. */
export interface TypedProgram<Input, Output> {
  /** The module, or the CID of one. */
  readonly program: Uint8Array | CID;
  /** The bytes of an input, as the program reads them. */
  readonly encode: (input: Input) => Uint8Array;
  /** The value of a result. It throws for bytes that are none. */
  readonly decode: (bytes: Uint8Array) => Output;
}

/** A {@link TypedProgram} whose module is here, so that it can be run here as well. */
export interface LocalProgram<Input, Output> extends TypedProgram<Input, Output> {
  readonly program: Uint8Array;
  /**
   * Runs one task in this process, exactly as nodes run it; see {@link runProgram}. What `encode` and `decode` throw is thrown.
   *
   * @throws {@link InvalidProgramError} when no node would run the program.
   */
  run(input: Input, limits?: RunLimits): LocalResult<Output>;
}

/** `maxResultBytes` in bytes, `maxSteps` in fuel. Defaults: those of `submitJob`. */
export type RunLimits = Pick<RunProgramParameters, "maxResultBytes" | "maxSteps">;

/** What came of a task that was run in this process. */
export type LocalResult<Output> = {
  /** Fuel that the task took. */
  fuelUsed: bigint;
} & ({ outcome: "ok"; value: Output; bytes: Uint8Array } | { outcome: "trap" | "over-limit" });

interface Codec<Input, Output> {
  /** Gives the bytes of an input, as the program reads them. */
  encode: (input: Input) => Uint8Array;
  /** Gives the value of a result, and throws for bytes that are none. */
  decode: (bytes: Uint8Array) => Output;
}

export type DefineProgramParameters<Input, Output> = Codec<Input, Output> &
  (
    | {
        /** The module, as `compileProgram` or `linkWasi` makes it. */
        wasm: Uint8Array;
        cid?: undefined;
      }
    | {
        /** The CID of a module that the client's content has, or finds. */
        cid: CID;
        wasm?: undefined;
      }
  );

/**
 * Gives a program the types of its inputs and its results. With a `wasm` it can be run here, too.
 *
 * @example
 * const wordCount = defineProgram({
 *   wasm,
 *   encode: (text: string) => new TextEncoder().encode(text),
 *   decode: (bytes) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true),
 * });
 */
export function defineProgram<Input, Output>(
  parameters: Codec<Input, Output> & { wasm: Uint8Array; cid?: undefined },
): LocalProgram<Input, Output>;
export function defineProgram<Input, Output>(
  parameters: DefineProgramParameters<Input, Output>,
): TypedProgram<Input, Output>;
export function defineProgram<Input, Output>({
  wasm,
  cid,
  encode,
  decode,
}: DefineProgramParameters<Input, Output>):
  | TypedProgram<Input, Output>
  | LocalProgram<Input, Output> {
  if (wasm === undefined) return { program: cid, encode, decode };
  return {
    ...{ program: wasm, encode, decode },
    run(input, limits = {}) {
      const { maxResultBytes, maxSteps } = limits;
      const run = runProgram({ wasm, input: encode(input), maxResultBytes, maxSteps });
      const { fuelUsed } = run;
      if (run.outcome === Outcome.ok) {
        const { bytes } = run;
        return { outcome: "ok", value: decode(bytes), bytes, fuelUsed };
      }
      return { outcome: run.outcome === Outcome.trap ? "trap" : "over-limit", fuelUsed };
    },
  };
}
