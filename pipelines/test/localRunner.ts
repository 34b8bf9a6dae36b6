import type { Runner, RunnerParameters, RunResult } from "@assay/runners";
import { Outcome, runProgram } from "@assay/sdk/program";

export interface LocalRunnerOptions {
  /** Is called before a task runs, and may make it fail. */
  onTask?: ((input: Uint8Array, position: number) => unknown) | undefined;
  /** So many inputs are read before the first result, as one that works in batches would. */
  batch?: number | undefined;
}

/** The least that a runner is: one task after the other, in this process, results of a batch from the last to the first. */
export function localRunner({
  onTask,
  batch = 1,
}: LocalRunnerOptions = {}): Runner & { runs: number } {
  async function* run({
    program: wasm,
    inputs,
    limits = {},
    signal,
  }: RunnerParameters): AsyncGenerator<RunResult> {
    runner.runs++;
    let position = 0;
    let waiting: { input: Uint8Array; position: number }[] = [];
    async function* work(): AsyncGenerator<RunResult> {
      for (const task of waiting.reverse()) {
        signal?.throwIfAborted();
        await onTask?.(task.input, task.position);
        const run = runProgram({ wasm, input: task.input, ...limits });
        const { outcome } = run;
        yield outcome === Outcome.ok
          ? { position: task.position, outcome, bytes: run.bytes }
          : { position: task.position, outcome };
      }
      waiting = [];
    }
    for await (const input of inputs) {
      waiting.push({ input: input as Uint8Array, position: position++ });
      if (waiting.length === batch) yield* work();
    }
    yield* work();
  }
  const runner = { name: "local", runs: 0, run, close: async () => {} };
  return runner;
}
