import type { BlockReader } from "@assay/sdk/protocol";
import { type CheckedProgram, createProgramChecker } from "./checkedProgram.ts";
import { RunnerClosedError } from "./errors.ts";
import { type Place, runTasks } from "./flow.ts";
import { limitsOf, type TaskLimits } from "./limits.ts";
import type { Runner } from "./runner.ts";

/** One program and its limits, for as long as a run takes. */
export interface Job {
  program: CheckedProgram;
  /** The module as it was given. */
  wasm: Uint8Array;
  limits: TaskLimits;
  /** Aborted when the runner is closed, or the run's own signal is. */
  signal: AbortSignal;
}

export interface RunnerParts {
  name: string;
  /** Reads inputs that are named by their CID. */
  content?: BlockReader | undefined;
  /** Gets a program ready; nothing of it has run yet, and nothing was read of its inputs. */
  open(
    job: Job,
  ): Omit<Place, "content" | "maxInputBytes"> | Promise<Omit<Place, "content" | "maxInputBytes">>;
  close?(): Promise<void>;
}

/** A runner of a place where tasks run one by one: what is the same for all of them is here. */
export function createRunner({ name, content, open, close }: RunnerParts): Runner {
  const check = createProgramChecker();
  const closing = new AbortController();
  let closed: Promise<void> | undefined;
  return {
    name,
    async *run({ program: wasm, limits: given, ...run }) {
      closing.signal.throwIfAborted();
      const signal =
        run.signal === undefined ? closing.signal : AbortSignal.any([closing.signal, run.signal]);
      const limits = limitsOf(given);
      const program = await check(wasm);
      const place = await open({ program, wasm, limits, signal });
      const { maxInputBytes } = program;
      yield* runTasks({ ...run, signal }, { ...place, content, maxInputBytes });
    },
    close() {
      closing.abort(new RunnerClosedError(name));
      closed ??= close?.() ?? Promise.resolve();
      return closed;
    },
  };
}
