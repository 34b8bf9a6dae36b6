import { type Code, OP } from "../../wasm/code.ts";
import type { Blocks } from "./blocks.ts";
import { type Layout, REASON, SLOT_BYTES } from "./layout.ts";
import type { Slots } from "./slots.ts";

/** Parameters of each compiled block: the frame's address, steps that are left, bytes of the memory, room on the engine's stack. */
export const PARAMETER = { frame: 0, left: 1, bytes: 2, room: 3 } as const;
export const PARAMETERS = 4;

/** What a block may lead to. */
export interface Targets {
  /** The function of the block that begins there; `undefined` if it is none of this module. */
  blockAt(pc: number): number | undefined;
  /** The place of that block in the module's own table. */
  placeOf(pc: number): number;
  /** Functions that blocks share. */
  leave: number;
  fill: number;
  copy: number;
  /** The type of blocks. */
  type: number;
  /** Tables: the elements of the program's, and the blocks of this module. */
  elements: number;
  blocks: number;
}

/** A block that is being written. */
export interface Site {
  code: Code;
  slots: Slots;
  blocks: Blocks;
  layout: Layout;
  targets: Targets;
  /** The place behind the last instruction that it carries out. */
  end: number;
}

export interface Place {
  /** The instruction that is carried out next. */
  pc: number;
  /** Slots from `fp` to `sp` before it. */
  height: number;
}

/** Stops before an instruction of the block: the steps from there on were paid for and not taken. */
export function leaveAt(site: Site, { pc, height }: Place): void {
  leave(site, { pc, height, refund: site.end - pc, reason: REASON.unusual });
}

/** The same if the i32 on the engine's stack is not zero. */
export function leaveIf(site: Site, place: Place): void {
  site.slots.flush();
  site.code.when(() => leaveAt(site, place));
}

function leave(
  { code, targets }: Site,
  { pc, height, refund, reason }: Place & { refund: number; reason: number },
): void {
  code.i32(pc);
  pushFrame(code, height);
  code.get(PARAMETER.frame);
  pushLeft(code, refund);
  code.i32(reason);
  code.call(OP.returnCall, targets.leave);
}

/** Goes on in another block. @param refund - steps that were paid for and not taken. */
export function goTo(site: Site, { pc, height, refund = 0 }: Place & { refund?: number }): void {
  const { code, targets } = site;
  const block = targets.blockAt(pc);
  if (block === undefined) {
    leave(site, { pc, height, refund, reason: REASON.elsewhere });
    return;
  }
  code.get(PARAMETER.frame);
  pushLeft(code, refund);
  code.get(PARAMETER.bytes);
  code.get(PARAMETER.room);
  code.call(OP.returnCall, block);
}

/** The address of a slot, counted from `fp` on. */
export function pushFrame(code: Code, height: number): void {
  code.get(PARAMETER.frame);
  if (height === 0) return;
  code.i32(SLOT_BYTES * height);
  code.op(OP.i32Add);
}

function pushLeft(code: Code, refund: number): void {
  code.get(PARAMETER.left);
  if (refund === 0) return;
  code.i64(refund);
  code.op(OP.i64Add);
}
