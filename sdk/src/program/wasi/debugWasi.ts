import { jobDefaults } from "../../protocol/job/defaults.ts";
import { MAX_FUEL } from "../abi/instrumented.ts";
import {
  callAbi,
  compileInstrumented,
  hostError,
  type InstrumentedExports,
  instantiate,
} from "../run/instance.ts";
import type { RunProgramParameters } from "../run/runProgram.ts";

export interface DebugWasiReturnType {
  /** What the program wrote to standard error, as far as it came. */
  stderr: Uint8Array;
  /** What it ended with: 0 when `main` returned 0, `undefined` when it was stopped or trapped without an exit. */
  exitCode: number | undefined;
}

/** What `assembly/region.ts` and `assembly/process.ts` export for this. */
const GLOBALS = ["wasi_result_fd", "wasi_output", "wasi_output_length", "wasi_exit_code"] as const;
type WasiExports = InstrumentedExports & Record<(typeof GLOBALS)[number], { value: number }>;

const STDERR = 2;

/**
 * Runs one task of a program that `linkWasi` has made, exactly as `runProgram` does, and gives standard error in the place of the
 * result; `undefined` for any other program. Nodes keep no standard error.
 *
 * @throws {@link InvalidProgramError} when no node would run the program.
 */
export function debugWasi({
  wasm,
  input,
  maxSteps = jobDefaults.maxSteps,
}: Pick<RunProgramParameters, "wasm" | "input" | "maxSteps">): DebugWasiReturnType | undefined {
  const exports = instantiate(compileInstrumented(wasm), maxSteps < MAX_FUEL ? maxSteps : MAX_FUEL);
  if (exports === undefined || !isLinked(exports)) return undefined;
  const wasi = exports;
  wasi.wasi_result_fd.value = STDERR;
  let hasReturned = false;
  try {
    hasReturned = callAbi(exports, input) !== undefined;
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw hostError(error);
  }
  const exitCode = wasi.wasi_exit_code.value;
  const from = wasi.wasi_output.value >>> 0;
  const length = wasi.wasi_output_length.value >>> 0;
  const stderr = new Uint8Array(wasi.memory.buffer.slice(from, from + length));
  return { stderr, exitCode: hasReturned || exitCode !== 0 ? exitCode : undefined };
}

/** Other programs may export one of the names too. */
function isLinked(exports: InstrumentedExports): exports is WasiExports {
  const named: Partial<Record<string, unknown>> = { ...exports };
  return GLOBALS.every((name) => named[name] instanceof WebAssembly.Global);
}
