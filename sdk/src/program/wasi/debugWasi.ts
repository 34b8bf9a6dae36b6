import { jobDefaults } from "../../protocol/job/defaults.ts";
import { MAX_FUEL } from "../abi/instrumented.ts";
import { callAbi, hostError, instantiate } from "../run/instance.ts";
import type { RunProgramParameters } from "../run/runProgram.ts";

export interface DebugWasiReturnType {
  /** What the program wrote to standard error, as far as it came. */
  stderr: Uint8Array;
  /** What it ended with: 0 when `main` returned 0, `undefined` when it was stopped or trapped without an exit. */
  exitCode: number | undefined;
}

/** What `assembly/region.ts` and `assembly/process.ts` export for this. */
interface WasiExports {
  memory: WebAssembly.Memory;
  wasi_result_fd?: WebAssembly.Global<number>;
  wasi_output: WebAssembly.Global<number>;
  wasi_output_length: WebAssembly.Global<number>;
  wasi_exit_code: WebAssembly.Global<number>;
}

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
  const exports = instantiate(wasm, maxSteps < MAX_FUEL ? maxSteps : MAX_FUEL);
  const wasi = exports as unknown as WasiExports | undefined;
  if (exports === undefined || wasi?.wasi_result_fd === undefined) return undefined;
  wasi.wasi_result_fd.value = STDERR;
  let hasReturned = false;
  try {
    hasReturned = callAbi(exports, input) !== undefined;
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw hostError(error);
  }
  const exitCode = wasi.wasi_exit_code.value;
  const stderr = new Uint8Array(
    wasi.memory.buffer,
    wasi.wasi_output.value >>> 0,
    wasi.wasi_output_length.value,
  ).slice();
  return { stderr, exitCode: hasReturned || exitCode !== 0 ? exitCode : undefined };
}
