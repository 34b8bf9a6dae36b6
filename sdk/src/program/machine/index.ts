/** `@assay/sdk/machine`: programs as a state machine whose every step a chain can repeat. `docs/machine.md` specifies it. */

export {
  type EndingArgument,
  endingArgument,
  type MachineArgument,
  type MachineStateArgument,
  type MachineTaskArgument,
  machineArgument,
  stateArgument,
  taskArgument,
} from "./chain/arguments.ts";
export { type ChunksToShow, nextToShow, shownChunk } from "./chain/chunks.ts";
export { firstExponent, spacingOf } from "./chain/spacing.ts";
export { doneHash, type Ending, type Header, headerWord, PHASE, type Phase } from "./core/state.ts";
export { type ExplainedStep, explainStep, type ShownStep } from "./explain/explainStep.ts";
export { createTrace, type TraceOptions } from "./fast/index.ts";
export { type Machine, machineOf, machineOfInstrumented, machineRootOf } from "./image/machine.ts";
export { type ProgramMachine, programMachine } from "./image/programMachine.ts";
export { createExecution, type Execution, endOf, type StepProof } from "./task/execution.ts";
export {
  isProvableInput,
  MAX_PROVABLE_BYTES,
  type MachineTask,
  machineTask,
} from "./task/task.ts";
export { createReferenceTrace, type Spaced, type Trace } from "./task/trace.ts";
