/** `@assay/sdk/machine`: programs as a state machine whose every step a chain can repeat. `docs/machine.md` specifies it. */

export { doneHash, type Ending, type Header, headerWord, PHASE, type Phase } from "./core/state.ts";
export { createTrace, type TraceOptions } from "./fast/index.ts";
export { type Machine, machineOf } from "./image/machine.ts";
export { createExecution, type Execution, endOf, type StepProof } from "./task/execution.ts";
export { MAX_PROVABLE_BYTES, type MachineTask, machineTask } from "./task/task.ts";
export { createReferenceTrace, type Spaced, type Trace } from "./task/trace.ts";
