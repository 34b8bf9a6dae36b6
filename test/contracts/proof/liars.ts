/** What a dishonest party may say that the states of a task are. */
import { bytesToHex, type Hex, keccak256, stringToHex } from "viem";
import { STACK_DEPTH } from "../../../sdk/src/program/machine/image/machine.ts";
import {
  createExecution,
  doneHash,
  type Ending,
  type Header,
  type MachineTask,
  PHASE,
  type StepProof,
} from "../../../sdk/src/program/machine/index.ts";
import { type SparseTree, sparseTree } from "../../../sdk/src/program/machine/merkle/tree.ts";
import { type CellTrees, provingCells } from "../../../sdk/src/program/machine/step/cells.ts";
import { instructionAt } from "../../../sdk/src/program/machine/step/enter.ts";
import { execute } from "../../../sdk/src/program/machine/step/instructions.ts";
import { hostStep } from "../../../sdk/src/program/machine/task/hostStep.ts";
import { nothing, type Own, ownHash } from "../../../sdk/src/program/machine/task/own.ts";
import { shownToNobody } from "../../../sdk/src/program/machine/task/shown.ts";
import type { Random } from "../../fixtures/random.ts";
import { hashOfState } from "./onChain.ts";

/** All states of a task, and the proofs of its steps. */
export interface Course {
  task: MachineTask;
  truth: readonly Hex[];
  proofs: readonly StepProof[];
  ending: Ending;
}

export function courseOf(task: MachineTask): Course {
  const execution = createExecution(task);
  const truth = [bytesToHex(execution.hash())];
  const proofs: StepProof[] = [];
  while (execution.ending === undefined) {
    const proof = execution.prove();
    proofs.push(proof);
    truth.push(bytesToHex(proof.after));
  }
  return { task, truth, proofs, ending: execution.ending };
}

/** What is claimed: the hash of the state after so many steps. */
export type Claim = (step: number) => Hex;

const at =
  (hashes: readonly Hex[]): Claim =>
  (step) =>
    hashes[Math.min(step, hashes.length - 1)] as Hex;

export const truthOf = ({ truth }: Course): Claim => at(truth);

export interface Lie {
  name: string;
  claim: Claim;
  /** How the task ends by it, where it says so. */
  ending: Ending | undefined;
}

const garbage = (step: number) => keccak256(stringToHex(`garbage ${step}`));

/** A lie of a random kind, which begins at a random step. */
export function lieAbout(random: Random, course: Course): Lie {
  const { truth, ending } = course;
  const steps = truth.length - 1;
  const from = random.below(steps);
  const by = 1 + random.below(5);
  switch (random.below(8)) {
    case 0: // Nothing follows from anything.
      return {
        name: `garbage from step ${from + 1}`,
        claim: (step) => (step > from ? garbage(step) : at(truth)(step)),
        ending: undefined,
      };
    case 1: // Too few steps: some are left out.
      return {
        name: `${by} steps left out at ${from}`,
        claim: (step) => at(truth)(step > from ? step + by : step),
        ending,
      };
    case 2: // Too many: the task stands still for a while.
      return {
        name: `${by} steps more at ${from}`,
        claim: (step) => at(truth)(step > from ? Math.max(from, step - by) : step),
        ending,
      };
    case 3: // The same hash again and again.
      return {
        name: `no end from ${from}`,
        claim: (step) => at(truth)(Math.min(step, from)),
        ending: undefined,
      };
    default:
      return corrupted(random, course, from);
  }
}

/** One bit of a state is changed; what follows follows. */
function corrupted(random: Random, { task, truth }: Course, from: number): Lie {
  const stage = stageOf(task);
  const hashes: Hex[] = [hashOf(stage)];
  let name = "";
  let ending: Ending | undefined;
  try {
    // What was corrupted may go on for ever: it is followed for a while.
    while (ending === undefined && hashes.length < 2 * truth.length + 100) {
      if (hashes.length === from + 1) name = flip(random, stage);
      ending = step(task, stage);
      hashes.push(ending === undefined ? hashOf(stage) : bytesToHex(doneHash(ending)));
    }
  } catch {
    // A state that has no successor: whatever it says of the rest.
    hashes.push(garbage(hashes.length));
  }
  return { name: `${name} at ${from}`, claim: at(hashes), ending };
}

export interface Stage {
  header: Header;
  own: Own;
  trees: CellTrees;
  code: Uint8Array;
}

/** A task before its first step, with a code of its own. */
export function stageOf(task: MachineTask): Stage {
  const { machine } = task;
  return {
    header: {
      ...{ phase: PHASE.begin, pc: 0, sp: 0, fp: 0, pages: machine.flat.memory.pages },
      ...{ address: 0, length: 0, progress: 0 },
    },
    own: nothing(),
    trees: {
      ...{
        stack: sparseTree(STACK_DEPTH),
        memory: machine.initialMemory(),
        globals: machine.initialGlobals(),
      },
      ...{ table: machine.table, data: machine.data },
    },
    code: machine.flat.code.slice(),
  };
}

export const hashOf = ({ header, own, trees }: Stage): Hex =>
  hashOfState({
    header,
    roots: {
      stack: trees.stack.root(),
      memory: trees.memory.root(),
      globals: trees.globals.root(),
    },
    ...{ own: ownHash(own), witness: new Uint8Array(0) },
  });

export function step(task: MachineTask, { header, own, trees, code }: Stage): Ending | undefined {
  const cells = provingCells(trees, []);
  let ending: Ending | undefined;
  if (header.phase >= PHASE.start && header.phase <= PHASE.run) {
    execute(header, cells, instructionAt(code, header.pc));
  } else ending = hostStep(header, cells, { task, own, shown: shownToNobody });
  cells.flush();
  return ending;
}

/** Changes one bit of the state, of the code, or of what is kept beside. */
function flip(random: Random, { header, own, trees, code }: Stage): string {
  const bit = (bytes: Uint8Array, index = random.below(bytes.length)) => {
    bytes[index] = (bytes[index] as number) ^ (1 << random.below(8));
  };
  const leafOf = (tree: SparseTree, index: number) => {
    const leaf = tree.leaf(index).slice();
    bit(leaf);
    tree.write(index, leaf);
  };
  switch (random.below(6)) {
    case 0: {
      const names = ["pc", "sp", "fp", "pages", "address", "length", "progress"] as const;
      const name = names[random.below(names.length)] as (typeof names)[number];
      header[name] = (header[name] ^ (1 << random.below(12))) >>> 0;
      return `a bit of ${name}`;
    }
    case 1:
      leafOf(trees.stack, Math.min(16_383, Math.max(0, (header.sp - 1 - random.below(6)) >> 2)));
      return "a bit of the stack";
    case 2:
      leafOf(trees.memory, random.below(4) === 0 ? random.below(2 ** 27) : 32 + random.below(64));
      return "a bit of the memory";
    case 3:
      leafOf(trees.globals, random.below(2 ** trees.globals.depth));
      return "a bit of the globals";
    case 4:
      bit(code, 16 * header.pc + random.below(16));
      return "a bit of an instruction";
    default: {
      const kept = [own.digest, ...own.values, ...own.links].filter((one) => one !== undefined);
      if (kept.length === 0) own.digest = random.bytes(32);
      else bit(kept[random.below(kept.length)] as Uint8Array);
      return "what the phase keeps";
    }
  }
}
