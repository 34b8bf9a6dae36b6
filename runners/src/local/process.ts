import type { BlockReader } from "@assay/sdk/protocol";
import { ExecutorClosedError, NodeTroubleError } from "../executor/errors.ts";
import { createExecutor, type RunParameters } from "../executor/executor.ts";
import { createRunner } from "../runner/createRunner.ts";
import { RunnerClosedError } from "../runner/errors.ts";
import type { Runner, TaskEnd } from "../runner/runner.ts";

/** Tasks at hand for each process: the executor decides how many it is given ahead. */
const WINDOW_PER_PROCESS = 128;
/** Fuel ends a task; this ends what should never happen. Milliseconds. */
const TASK_LIMIT_MS = 3_600_000;
/** How often a task is tried whose machine was short of memory, or whose process died. */
const ATTEMPTS = 3;

export interface ProcessRunnerOptions {
  /** Child processes, and so tasks at a time. Default: one a core. */
  processes?: number | undefined;
  /** Wall-clock limit of a task in milliseconds: an error, never an outcome. Default: an hour, so that fuel decides. */
  taskLimitMs?: number | undefined;
  /** Reads inputs that are named by their CID. */
  content?: BlockReader | undefined;
}

/** Runs anybody's programs in sandboxed processes of this machine, as a node does. */
export function processRunner({
  processes,
  taskLimitMs = TASK_LIMIT_MS,
  content,
}: ProcessRunnerOptions = {}): Runner {
  const name = "process";
  const executor = createExecutor({ processes, taskLimitMs });

  async function run(task: RunParameters): Promise<TaskEnd> {
    for (let attempts = 1; ; attempts++) {
      try {
        const { elapsedMs: _, ...end } = await executor.run(task);
        return end;
      } catch (error) {
        if (error instanceof ExecutorClosedError) throw new RunnerClosedError(name);
        const helps = error instanceof NodeTroubleError && error.retryable;
        if (!helps || attempts === ATTEMPTS) throw error;
      }
    }
  }

  return createRunner({
    ...{ name, content },
    open: ({ program, limits }) => ({
      window: executor.processes * WINDOW_PER_PROCESS,
      runTask: (input, { signal }) => run({ program, input, ...limits, signal }),
    }),
    close: () => executor.close(),
  });
}
