/**
 * A worker that lies: it is started like `assay worker start`, does everything as a node does, and changes every result before it
 * commits to it. The node itself knows nothing of it: what lies is the executor that it is given, and in a dispute what finds its moves.
 */

import { createExecutor, type Executor, type ExecutorOptions } from "@assay/runners";
import { Outcome } from "@assay/sdk";
import { createStartCommand } from "@assay/worker/process";
import { runForkedNode } from "./forkedNode.ts";
import { createLyingTracer } from "./lyingTracer.ts";

function createLyingExecutor(options?: ExecutorOptions): Executor {
  const honest = createExecutor(options);
  return {
    ...honest,
    async run(parameters) {
      const run = await honest.run(parameters);
      if (run.outcome !== Outcome.ok) return run;
      const bytes = Uint8Array.from(run.bytes.length > 0 ? run.bytes : [0]);
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      return { ...run, bytes };
    },
  };
}

runForkedNode(
  createStartCommand({ createExecutor: createLyingExecutor, createTracer: createLyingTracer }),
);
