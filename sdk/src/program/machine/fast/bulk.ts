import { PAGE_BYTES } from "../../module/memory.ts";
import { MACHINE } from "../core/opcode.ts";
import type { Header } from "../core/state.ts";
import { behind, behindPart, type Instruction, room } from "../step/instructions.ts";
import type { FastCells } from "./fastCells.ts";

/**
 * Carries out the steps of a `memory.fill`, `copy` or `init` that move something, as many as there may be: the memory is written once for all of them.
 * @returns how many steps; 0 if the next one traps, moves nothing, or is of another instruction.
 */
export function bulkSteps(
  header: Header,
  cells: FastCells,
  { opcode, a, b, most }: Instruction & { most: number },
): number {
  if (opcode < MACHINE.memoryInit || opcode > MACHINE.memoryFill) return 0;
  const { sp, pages } = header;
  const [count, from, to] = [1, 2, 3].map((depth) => Number(cells.slot(sp - depth))) as [
    number,
    number,
    number,
  ];
  const size = pages * PAGE_BYTES;
  const sourceSize = opcode === MACHINE.memoryInit ? a : size;
  const isFill = opcode === MACHINE.memoryFill;
  if (to + count > size || (!isFill && from + count > sourceSize)) return 0;
  const base = opcode === MACHINE.memoryInit ? Number(b) : 0;
  const isBackward = opcode === MACHINE.memoryCopy && to > from;
  const { steps, done } = isBackward
    ? backward({ from, to, count, most })
    : forward({ from: isFill ? to : base + from, to, count, most });
  if (steps === 0) return 0;
  const left = count - done;
  const memory = cells.memory();
  const begin = isBackward ? left : 0;
  if (isFill) memory.fill(from & 0xff, to, to + done);
  else if (opcode === MACHINE.memoryInit) memory.set(cells.data(base + from, done), to);
  else memory.copyWithin(to + begin, from + begin, from + begin + done);
  cells.setSlot(sp - 1, BigInt(left));
  if (isBackward) return steps;
  cells.setSlot(sp - 3, behindPart(to, done));
  if (!isFill) cells.setSlot(sp - 2, behindPart(from, done));
  return steps;
}

interface Span {
  from: number;
  to: number;
  count: number;
  most: number;
}

/** How many bytes the next steps move. */
function forward({ from, to, count, most }: Span): { steps: number; done: number } {
  let [steps, done] = [0, 0];
  while (steps < most && done < count) {
    done += Math.min(count - done, room(from + done), room(to + done));
    steps += 1;
  }
  return { steps, done };
}

/** The same from the end on. */
function backward({ from, to, count, most }: Span): { steps: number; done: number } {
  let [steps, left] = [0, count];
  while (steps < most && left > 0) {
    left -= Math.min(left, behind(from + left), behind(to + left));
    steps += 1;
  }
  return { steps, done: count - left };
}
