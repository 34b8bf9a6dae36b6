import { MAX_DEPTH, MAX_FUEL, Outcome } from "@assay/sdk/program";
import { type LoadedProgram, loadProgram } from "../executor/child/program.mts";
import { runTask } from "../executor/child/task.mts";
import { HostMemoryError, HostStackError, ProgramRefusedError } from "../executor/errors.ts";
import type { Program } from "../executor/program.ts";
import type { TaskLimits } from "../runner/limits.ts";
import type { TaskEnd } from "../runner/runner.ts";

/**
 * Compiles a program for this thread.
 *
 * @throws {@link ProgramRefusedError} when the engine does not compile it.
 */
export function load({ instrumented }: Pick<Program, "instrumented">): LoadedProgram {
  try {
    return loadProgram(new Uint8Array(instrumented));
  } catch (cause) {
    throw new ProgramRefusedError((cause as Error).message, { cause });
  }
}

/**
 * Runs one task in this thread as an executor's child does, by the same code.
 *
 * @throws {@link HostMemoryError} {@link HostStackError}
 */
export function runLoaded(
  program: LoadedProgram,
  input: Uint8Array,
  { maxSteps, maxResultBytes }: TaskLimits,
): TaskEnd {
  const order = {
    ...{ type: "task" as const, id: 0, program: 0, inputAt: 0, limitMs: 0 },
    ...{ payloadBytes: input.length, inputBytes: input.length, maxResultBytes },
    maxSteps: maxSteps < MAX_FUEL ? maxSteps : MAX_FUEL,
    maxDepth: MAX_DEPTH,
  };
  const given = { read: (target: Uint8Array) => target.set(input), readExchange() {} };
  const progress = { isRunning: false, unreadBytes: 0, startedAt: 0, fuelUsed: 0n };
  const { type, bytes } = runTask(program, order, given, progress);
  switch (type) {
    case "ok":
      // The program's memory is the next task's.
      return { outcome: Outcome.ok, bytes: (bytes ?? new Uint8Array()).slice() };
    case "trap":
      return { outcome: Outcome.trap };
    case "over-limit":
      return { outcome: Outcome.overLimit };
    case "host-out-of-stack":
      throw new HostStackError(new TextDecoder().decode(bytes));
    default:
      throw new HostMemoryError(new TextDecoder().decode(bytes));
  }
}
