/** `@assay/sdk/program`: checks WebAssembly programs, instruments them for nodes, and runs them in this process. */

export { Outcome } from "../protocol/job/job.ts";
export {
  INSTRUMENTATION_VERSION,
  INSTRUMENTED_EXPORT,
  MAX_DEPTH,
  MAX_FUEL,
  MAX_INSTRUMENTED_BYTES,
  STOP,
} from "./abi/instrumented.ts";
export {
  type DefineProgramParameters,
  defineProgram,
  type LocalProgram,
  type LocalResult,
  type RunLimits,
  type TypedProgram,
} from "./define/defineProgram.ts";
export {
  InvalidProgramError,
  type InvalidProgramErrorCode,
  ProgramHostError,
} from "./errors/program.ts";
export { WasiLinkError, type WasiLinkErrorCode } from "./errors/wasi.ts";
export {
  inspectProgram,
  MAX_PROGRAM_BYTES,
  type ProgramInfo,
} from "./inspect/inspectProgram.ts";
export { instrumentProgram } from "./instrument/instrumentProgram.ts";
export { PAGE_BYTES } from "./module/memory.ts";
export {
  type LoadedProgram,
  type LoadedTask,
  loadProgram,
  type RunProgramReturnType,
} from "./run/loadProgram.ts";
export { type RunProgramParameters, runProgram } from "./run/runProgram.ts";
export { type DebugWasiReturnType, debugWasi } from "./wasi/debugWasi.ts";
export type { WasiEnvironment } from "./wasi/image.ts";
export {
  DEFAULT_WASI_MEMORY_PAGES,
  isWasiModule,
  type LinkWasiParameters,
  linkWasi,
} from "./wasi/linkWasi.ts";
