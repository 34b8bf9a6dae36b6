import type { Ending } from "../core/state.ts";
import { createExecution, type Execution, type StepProof } from "./execution.ts";
import type { MachineTask } from "./task.ts";

/** Which states: `count` of them, the first one `spacing` steps behind `from`, and so on. */
export interface Spaced {
  from: bigint;
  spacing: bigint;
  count: number;
}

/** The states of one task, by how many steps come before them. At its end it stays as it is. */
export interface Trace {
  hashes(at: Spaced): Uint8Array[];
  /** The proof of the step behind so many; how the task ended, if it had by then. */
  stepAfter(steps: bigint): StepProof | Ending;
  /** How the task ends, and after how many steps. */
  end(): { ending: Ending; steps: bigint };
}

/** @returns a trace of the task as the reference carries it out: a million steps take seconds. */
export function createReferenceTrace(task: MachineTask): Trace {
  let execution = createExecution(task);

  function goTo(steps: bigint): Execution {
    if (execution.steps > steps) execution = createExecution(task);
    while (execution.steps < steps && execution.ending === undefined) execution.prove();
    return execution;
  }

  return {
    hashes: ({ from, spacing, count }) =>
      Array.from({ length: count }, (_, index) => goTo(from + spacing * BigInt(index + 1)).hash()),
    stepAfter(steps) {
      const { ending } = goTo(steps);
      return ending ?? execution.prove();
    },
    end() {
      while (execution.ending === undefined) execution.prove();
      return { ending: execution.ending, steps: execution.steps };
    },
  };
}
