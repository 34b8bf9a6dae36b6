/** `@assay/pipelines`: pipelines of programs and local functions. */
export {
  definePipeline,
  type Edge,
  type EffectOptions,
  type FunctionOptions,
  type PipelineBuilder,
  type ProgramOptions,
  type ReduceOptions,
  type ReduceProgram,
  type StepOptions,
} from "./define/definePipeline.ts";
export {
  EffectInDoubtError,
  JoinUnmatchedError,
  PipelineError,
  PipelineInvalidError,
  RunnerBrokenError,
  StepFailedError,
  StoreBusyError,
  StoreInvalidError,
} from "./define/errors.ts";
export type {
  EpochItem,
  EpochStream,
  FailurePolicy,
  FunctionContext,
  InputGiven,
  Pipeline,
  StepDefinition,
  StepKind,
} from "./define/step.ts";
export { bytes, text, type ValueType, value } from "./define/valueType.ts";
export type { Output, OutputCallback } from "./engine/outputStep.ts";
export type { RunnerChoice, RunnerOffer, Runners } from "./engine/runners.ts";
export {
  type PipelineReport,
  type RunPipelineOptions,
  runPipeline,
  type StepProgress,
} from "./engine/runPipeline.ts";
export {
  type EventKind,
  EventLog,
  type EventQuery,
  type PipelineEvent,
} from "./events/eventLog.ts";
export { toMermaid } from "./graph/mermaid.ts";
export { toSvg } from "./graph/svg.ts";
export {
  type PipelinePlan,
  type PlannedStep,
  type PlanOptions,
  planPipeline,
} from "./plan/plan.ts";
export {
  type PipelineStatus,
  readEvents,
  readStatus,
  type StepStatus,
  type StoredEventQuery,
} from "./plan/status.ts";
export { encodeParts } from "./store/parts.ts";
export { loadPipeline, readPipeline } from "./yaml/readPipeline.ts";
