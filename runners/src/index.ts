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
export { endWithThis } from "./executor/reaper.ts";
export { type InProcessRunnerOptions, inProcessRunner } from "./local/inProcess.ts";
export { type ProcessRunnerOptions, processRunner } from "./local/process.ts";
export { type ThreadsRunnerOptions, threadsRunner } from "./local/threads.ts";
export { type MarketAudit, type MarketRunnerOptions, marketRunner } from "./market/marketRunner.ts";
export { RunnerClosedError, RunnerContentError } from "./runner/errors.ts";
export type {
  RunInput,
  RunLimits,
  Runner,
  RunnerParameters,
  RunProgress,
  RunResult,
  TaskEnd,
} from "./runner/runner.ts";
