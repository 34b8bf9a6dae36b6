import { PAGE_BYTES } from "../../module/memory.ts";
import { MACHINE, NONE } from "../core/opcode.ts";
import type { Ending, Header, Phase } from "../core/state.ts";
import { PHASE } from "../core/state.ts";
import { instructionAt } from "../step/enter.ts";
import { execute } from "../step/instructions.ts";
import { initialHeader } from "../task/execution.ts";
import { hostStep } from "../task/hostStep.ts";
import { nothing, type Own } from "../task/own.ts";
import { shownToNobody } from "../task/shown.ts";
import type { MachineTask } from "../task/task.ts";
import { bulkSteps } from "./bulk.ts";
import { CONTROL, REASON, SLOT_BYTES } from "./compile/layout.ts";
import { NAMES } from "./compile/writeModule.ts";
import { type FastCells, fastCells } from "./fastCells.ts";
import type { CompiledProgram, Part } from "./program.ts";

/** Bytes of the engine's stack that compiled code may take: well below the 984 KiB that V8 gives it. */
const ROOM = 384 << 10;

/** A task under way, somewhere between two steps. */
export interface FastMachine {
  readonly cells: FastCells;
  header: Header;
  own: Own;
  steps: number;
  /** The answer, once there is one. */
  ending: Ending | undefined;
  /** Carries out steps until so many are done, or the task has ended. */
  runTo(steps: number): void;
  /** Carries out some steps, so many at most. @returns how many: none if the next one has to be carried out by itself. */
  run(most: number): number;
  /** Takes up an earlier state, whose cells are in place. */
  goBackTo(steps: number, header: Header, own: Own): void;
}

type Enter = (block: number, frame: number, left: bigint, bytes: bigint, room: number) => bigint;

/** What the types of Node leave out. */
interface FunctionTable extends WebAssembly.Table {
  readonly length: number;
  get(index: number): unknown;
  set(index: number, value: unknown): void;
}

interface Instance {
  part: Part;
  enter: Enter;
}

export function fastMachine(task: MachineTask, program: CompiledProgram): FastMachine {
  const { flat } = task.machine;
  const cells = fastCells(flat, program.layout);
  const instances = new Map<Part, Instance>();
  const elements = new WebAssembly.Table({
    element: "anyfunc",
    initial: flat.table.length,
  }) as FunctionTable;
  /** Whether the next instruction is none that compiled code carries out from where it stands. */
  let isUnusual = false;

  function instanceOf(part: Part): Instance {
    const known = instances.get(part);
    if (known !== undefined) return known;
    const { exports } = new WebAssembly.Instance(part.module, {
      [NAMES.module]: {
        [NAMES.stack]: cells.memories.stack,
        [NAMES.memory]: cells.memories.program,
        [NAMES.elements]: elements,
      },
    });
    const blocks = exports[NAMES.blocks] as FunctionTable;
    if (instances.size === 0) {
      for (let i = 0; i < elements.length; i++) elements.set(i, exports[NAMES.missing]);
    }
    for (const { index, block } of part.elements) elements.set(index, blocks.get(block));
    const instance = { part, enter: exports[NAMES.enter] as Enter };
    instances.set(part, instance);
    return instance;
  }

  /** Runs compiled code from here on, if there is some. @returns how many steps it took. */
  function runCompiled(most: number): number | undefined {
    const { header } = machine;
    const part = program.partAt(header.pc);
    const block = part?.blockAt(header.pc);
    if (part === undefined || block === undefined) return undefined;
    const { enter } = instanceOf(part);
    const bytes = BigInt(header.pages * PAGE_BYTES);
    const left = enter(block, header.fp * SLOT_BYTES, BigInt(most), bytes, ROOM);
    const { control } = cells;
    header.sp = control.getInt32(CONTROL.sp, true) / SLOT_BYTES;
    if (left < 0n) {
      header.pc = control.getInt32(CONTROL.pc, true);
      header.fp = control.getInt32(CONTROL.fp, true) / SLOT_BYTES;
      isUnusual = control.getInt32(CONTROL.reason, true) === REASON.unusual;
      return most - Number(control.getBigInt64(CONTROL.left, true));
    }
    header.pc = control.getUint32(CONTROL.link + 4, true);
    header.fp = control.getUint32(CONTROL.link, true);
    if (header.pc === NONE) {
      header.pc = 0;
      header.phase = (header.phase + PHASE.startReturned - PHASE.start) as Phase;
    }
    return most - Number(left);
  }

  function runOne(most: number): number {
    const { header } = machine;
    const instruction = instructionAt(flat.code, header.pc);
    const { opcode } = instruction;
    if (opcode >= MACHINE.memoryInit) {
      const steps = bulkSteps(header, cells, { ...instruction, most });
      if (steps > 0) return steps;
    }
    execute(header, cells, instruction);
    if (opcode === MACHINE.memoryGrow) cells.reach(header.pages);
    return 1;
  }

  function run(most: number): number {
    const { header, own } = machine;
    if (header.phase < PHASE.start || header.phase > PHASE.run) {
      machine.ending = hostStep(header, cells, { task, own, shown: shownToNobody });
      isUnusual = false;
      return 1;
    }
    const steps = isUnusual ? undefined : runCompiled(most);
    if (steps !== undefined) return steps;
    isUnusual = false;
    return runOne(most);
  }

  const machine: FastMachine = {
    cells,
    header: initialHeader(task),
    own: nothing(),
    steps: 0,
    ending: undefined,
    run,
    runTo(steps) {
      while (machine.steps < steps && machine.ending === undefined) {
        machine.steps += run(steps - machine.steps);
      }
    },
    goBackTo(steps, header, own) {
      Object.assign(machine, { steps, header, own, ending: undefined });
      isUnusual = false;
    },
  };
  return machine;
}
