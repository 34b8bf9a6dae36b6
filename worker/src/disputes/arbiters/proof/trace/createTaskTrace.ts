import { createTrace, type MachineTask, type Trace } from "@assay/sdk/machine";

/** The one place that says how a task's states are found. */
export const createTaskTrace = (task: MachineTask): Trace => createTrace(task);
