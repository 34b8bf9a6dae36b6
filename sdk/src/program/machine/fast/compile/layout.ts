import { PAGE_BYTES } from "../../../module/memory.ts";
import type { FlatModule } from "../../flatten/flattenModule.ts";
import { LEAF_BYTES } from "../../merkle/tree.ts";
import { STACK_SLOTS } from "../../step/plainCells.ts";

/**
 * Where things lie in the memory that compiled code keeps beside the program's: what it left behind, the machine's globals, the tables'
 * elements, and the stack, which stands last, so that nothing stands behind it that a write beyond its end could reach.
 */
export interface Layout {
  globals: number;
  elements: number;
  stack: number;
  pages: number;
}

/** What compiled code says when it stops. Addresses of `sp` and `fp` count bytes from the stack's beginning. */
export const CONTROL = { left: 0, link: 8, pc: 16, sp: 20, fp: 24, reason: 28 } as const;
const CONTROL_BYTES = 32;

/** Why it stopped. */
export const REASON = {
  /** The next instruction has to be carried out one step at a time. */
  unusual: 0,
  /** It can go on right away, in another place of the compiled code. */
  elsewhere: 1,
} as const;

export const SLOT_BYTES = 8;

/** An element: its type's index and 1, or 0 where it is null; the place of its function. */
export const ELEMENT = { bytes: 8, type: 0, entry: 4 } as const;

export function layoutOf({ globals, table }: FlatModule): Layout {
  const elements = align(CONTROL_BYTES + SLOT_BYTES * globals.length, LEAF_BYTES);
  const stack = align(elements + ELEMENT.bytes * table.length, PAGE_BYTES);
  const pages = (stack + SLOT_BYTES * STACK_SLOTS) / PAGE_BYTES;
  return { globals: CONTROL_BYTES, elements, stack, pages };
}

const align = (value: number, to: number) => Math.ceil(value / to) * to;
