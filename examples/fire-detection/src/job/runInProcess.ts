import { setImmediate } from "node:timers/promises";
import type { AbortOptions } from "@assay/sdk";
import { createLocalProgram } from "../../../shared/src/programs/localProgram.ts";
import { TaskFailedError } from "../../../shared/src/programs/taskFailedError.ts";
import type { Detections } from "../tiles/detection.ts";
import type { FireJob } from "./job.ts";

/**
 * Runs all tasks of a job in this process, without a marketplace and without a node's limits: the same program on the same inputs.
 * @throws {@link TaskFailedError} when a task traps.
 */
export async function runInProcess(
  job: FireJob,
  { signal }: AbortOptions = {},
): Promise<Detections> {
  const program = createLocalProgram(job.program);
  for (let position = 0; position < job.taskCount; position++) {
    signal?.throwIfAborted();
    try {
      job.collect(position, program.run(job.input(position)));
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      throw new TaskFailedError(`Task ${position}`, "trap");
    }
    await setImmediate(); // so that a signal is heard
  }
  return job.finish();
}
