import { doneHash, type Ending } from "../core/state.ts";
import type { Machine } from "../image/machine.ts";
import { createExecution } from "../task/execution.ts";
import type { MachineTask } from "../task/task.ts";
import type { Trace } from "../task/trace.ts";
import { fastMachine } from "./fastMachine.ts";
import { imagesOf } from "./images.ts";
import { type CompiledProgram, compiledProgram } from "./program.ts";
import { createSnapshots } from "./snapshots.ts";

export interface TraceOptions {
  /**
   * Bytes of snapshots at most, from which a state is come to sooner than from the first one. A memory of 64 MiB that a task has written all
   * over takes 130 MiB in each. Default: 256 MiB.
   */
  maxSnapshotBytes?: number;
}

const MAX_SNAPSHOT_BYTES = 256 << 20;

/** Steps between snapshots that nobody asked for: they are carried out in some 50 ms. Doubled each time that there are too many. */
const FIRST_SPACING = 1 << 26;
const MAX_AUTOMATIC = 32;

/** A program is compiled once, whatever its tasks. */
const programs = new WeakMap<Machine, CompiledProgram>();

function programOf(machine: Machine): CompiledProgram {
  let program = programs.get(machine);
  if (program === undefined) {
    program = compiledProgram(machine.flat);
    programs.set(machine, program);
  }
  return program;
}

/** @returns a trace of the task by compiled code: a thousand million steps take a second or two. It needs Node. */
export function createTrace(
  task: MachineTask,
  { maxSnapshotBytes = MAX_SNAPSHOT_BYTES }: TraceOptions = {},
): Trace {
  const machine = fastMachine(task, programOf(task.machine));
  const images = imagesOf(machine, task.machine.flat);
  const snapshots = createSnapshots({ maxBytes: maxSnapshotBytes });
  let spacing = FIRST_SPACING;
  let automatic = 0;
  /** How the task ends, once that is known. */
  let end: { ending: Ending; steps: number } | undefined;
  snapshots.keep(images.snapshot());

  function keep(): void {
    if (!snapshots.has(machine.steps)) snapshots.keep(images.snapshot());
  }

  function keepNowAndThen(): void {
    if (snapshots.has(machine.steps)) return;
    snapshots.keep(images.snapshot());
    automatic += 1;
    if (automatic % MAX_AUTOMATIC === 0) spacing *= 2;
  }

  /** Has the machine at this state. @returns whether the task goes on from there. */
  function goTo(steps: number): boolean {
    if (end !== undefined && steps >= end.steps) return false;
    const nearest = snapshots.before(steps);
    const isNearer = nearest !== undefined && nearest.steps > machine.steps;
    if (nearest !== undefined && (machine.steps > steps || isNearer)) images.restore(nearest);
    try {
      run(steps);
    } catch (error) {
      // This machine has no memory for it. What it was about to do is half done: an earlier state is taken up next time.
      machine.steps = Number.POSITIVE_INFINITY;
      throw error;
    }
    if (machine.ending !== undefined) end = { ending: machine.ending, steps: machine.steps };
    return machine.ending === undefined;
  }

  function run(steps: number): void {
    while (machine.steps < steps && machine.ending === undefined) {
      const next = (Math.floor(machine.steps / spacing) + 1) * spacing;
      machine.runTo(Math.min(steps, next));
      if (machine.steps === next && machine.ending === undefined) keepNowAndThen();
    }
  }

  function hashAt(steps: number): Uint8Array {
    if (!goTo(steps)) return doneHash(end?.ending as Ending);
    const hash = images.hash();
    keep();
    return hash;
  }

  return {
    hashes({ from, spacing: between, count }) {
      snapshots.prefer(numberOf(from), numberOf(from + between * BigInt(count)));
      return Array.from({ length: count }, (_, index) =>
        hashAt(numberOf(from + between * BigInt(index + 1))),
      );
    },
    stepAfter(steps) {
      if (!goTo(numberOf(steps))) return end?.ending as Ending;
      return createExecution(task, images.stage()).prove();
    },
    end() {
      goTo(Number.MAX_SAFE_INTEGER);
      const { ending, steps } = end as NonNullable<typeof end>;
      return { ending, steps: BigInt(steps) };
    },
  };
}

const MAX_STEPS = BigInt(Number.MAX_SAFE_INTEGER);

/** No execution has more steps. */
const numberOf = (steps: bigint) => Number(steps < MAX_STEPS ? steps : MAX_STEPS);
