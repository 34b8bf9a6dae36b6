export { preferAsVictim } from "./executor/childProcess.ts";
export {
  ExecutorClosedError,
  ExecutorProcessError,
  HostMemoryError,
  HostStackError,
  NodeTroubleError,
  ProgramRefusedError,
  TaskTimeoutError,
} from "./executor/errors.ts";
export {
  createExecutor,
  type Executor,
  type ExecutorOptions,
  type RunParameters,
  type TaskRun,
} from "./executor/executor.ts";
export { admitProgram, type Program, prepareProgram } from "./executor/program.ts";
export { createProgramCache, type ProgramCache } from "./executor/programCache.ts";
export type {
  RunInput,
  RunLimits,
  Runner,
  RunnerParameters,
  RunProgress,
  RunResult,
} from "./runner/runner.ts";
