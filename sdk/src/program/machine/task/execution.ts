import { concatBytes } from "@noble/hashes/utils.js";
import { doneHash, type Ending, type Header, PHASE, stateHash } from "../core/state.ts";
import { STACK_DEPTH } from "../image/machine.ts";
import { sparseTree } from "../merkle/tree.ts";
import { type Cells, type CellTrees, provingCells } from "../step/cells.ts";
import { instructionAt } from "../step/enter.ts";
import { execute } from "../step/instructions.ts";
import { plainCells } from "../step/plainCells.ts";
import { hostStep } from "./hostStep.ts";
import { nothing, type Own, ownHash } from "./own.ts";
import { type Shown, shownIn, shownToNobody } from "./shown.ts";
import type { MachineTask } from "./task.ts";

const EXECUTES: ReadonlySet<number> = new Set([PHASE.start, PHASE.alloc, PHASE.run]);

export function initialHeader({ machine }: MachineTask): Header {
  const pages = machine.flat.memory.pages;
  return {
    ...{ phase: PHASE.begin, pc: 0, sp: 0, fp: 0, pages },
    ...{ address: 0, length: 0, progress: 0 },
  };
}

/** Carries out one step, whatever the phase. @returns the answer, once there is one. */
export function step(
  header: Header,
  cells: Cells,
  { task, own, shown }: { task: MachineTask; own: Own; shown: Shown },
): Ending | undefined {
  if (!EXECUTES.has(header.phase)) return hostStep(header, cells, { task, own, shown });
  execute(header, cells, instructionAt(task.machine.flat.code, header.pc));
  return undefined;
}

/** Carries out a task without hashing anything of its states, and counts its steps. */
export function endOf(task: MachineTask): { ending: Ending; steps: bigint } {
  const header = initialHeader(task);
  const cells = plainCells(task.machine.flat);
  const own = nothing();
  for (let steps = 1n; ; steps += 1n) {
    const ending = step(header, cells, { task, own, shown: shownToNobody });
    if (ending !== undefined) return { ending, steps };
  }
}

/** What a chain needs to carry out one step by itself. */
export interface StepProof {
  header: Header;
  roots: { stack: Uint8Array; memory: Uint8Array; globals: Uint8Array };
  own: Uint8Array;
  witness: Uint8Array;
  /** The state before and after. */
  before: Uint8Array;
  after: Uint8Array;
}

/** One task under way, with the hash of its state and a proof of its next step at any time. */
export interface Execution {
  readonly steps: bigint;
  /** The answer, once there is one: further steps change nothing. */
  readonly ending: Ending | undefined;
  hash(): Uint8Array;
  /** Carries out the next step, and shows how. */
  prove(): StepProof;
}

/** All of a state that can change, and how many steps lead to it. */
export interface Stage {
  header: Header;
  own: Own;
  trees: Pick<CellTrees, "stack" | "memory" | "globals">;
  steps: bigint;
}

function firstStage(task: MachineTask): Stage {
  const { machine } = task;
  const trees = {
    stack: sparseTree(STACK_DEPTH),
    memory: machine.initialMemory(),
    globals: machine.initialGlobals(),
  };
  return { header: initialHeader(task), own: nothing(), trees, steps: 0n };
}

/**
 * The reference: trees over all that a state consists of.
 * @param stage - where to begin; the execution changes it. Default: before the first step.
 */
export function createExecution(task: MachineTask, stage: Stage = firstStage(task)): Execution {
  const { machine } = task;
  const { header, own } = stage;
  const trees: CellTrees = { ...stage.trees, table: machine.table, data: machine.data };
  let { steps } = stage;
  let ending: Ending | undefined;
  let parts: Uint8Array[] = [];
  const shown = shownIn(() => parts);
  const roots = () => ({
    stack: trees.stack.root(),
    memory: trees.memory.root(),
    globals: trees.globals.root(),
  });
  const hash = () =>
    ending === undefined ? stateHash(header, roots(), ownHash(own)) : doneHash(ending);

  return {
    get steps() {
      return steps;
    },
    get ending() {
      return ending;
    },
    hash,
    prove() {
      const before = { header: { ...header }, roots: roots(), own: ownHash(own), before: hash() };
      parts = [];
      if (ending === undefined) {
        if (EXECUTES.has(header.phase)) {
          const leaf = Math.floor(header.pc / 2);
          parts.push(machine.code.leaf(leaf), ...machine.code.path(leaf));
        }
        const cells = provingCells(trees, parts);
        ending = step(header, cells, { task, own, shown });
        cells.flush();
        steps += 1n;
      }
      return { ...before, witness: concatBytes(...parts), after: hash() };
    },
  };
}
