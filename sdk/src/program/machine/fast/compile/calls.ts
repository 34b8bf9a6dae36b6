import { type Code, MEMORY, OP, TYPE } from "../../wasm/code.ts";
import { CONTROL, ELEMENT, REASON, SLOT_BYTES } from "./layout.ts";
import { goTo, leaveAt, leaveIf, PARAMETER, type Place, pushFrame, type Site } from "./site.ts";
import { push, take, type Value } from "./values.ts";

/** Bytes of the engine's stack that a call may take, more than the engine needs for the largest block. */
const FRAME_BYTES = 2_048;

/** Writes the link of a call into a slot. */
function writeLink({ code, slots }: Site, { pc, height }: Place): void {
  code.get(PARAMETER.frame);
  code.i32(3);
  code.op(OP.i32ShrU);
  code.op(OP.extendU);
  code.i64(BigInt(pc + 1) << 32n);
  code.op(OP.i64Or);
  slots.set(height, take(code, TYPE.i64));
}

/** Takes room on the engine's stack, and says so in an i32: whether there is none. */
function takeRoom(code: Code): void {
  code.get(PARAMETER.room);
  code.i32(FRAME_BYTES);
  code.op(OP.i32Sub);
  code.tee(PARAMETER.room);
  code.i32(0);
  code.op(OP.i32LtS);
}

/** The arguments of a call, for a callee whose frame begins at that slot. */
function pushArguments(code: Code, callee: number): void {
  code.get(callee);
  code.get(PARAMETER.left);
  code.get(PARAMETER.bytes);
  code.get(PARAMETER.room);
}

/** Stops at the first instruction of a callee. */
function leaveInside(
  { code, targets }: Site,
  { callee, parameters, pushEntry }: { callee: number; parameters: number; pushEntry(): void },
): void {
  pushEntry();
  pushCalleeTop(code, callee, parameters);
  code.get(callee);
  code.get(PARAMETER.left);
  code.i32(REASON.elsewhere);
  code.call(OP.returnCall, targets.leave);
}

/** `sp` behind the parameters and the link. */
function pushCalleeTop(code: Code, callee: number, parameters: number): void {
  code.get(callee);
  code.i32(SLOT_BYTES * (parameters + 1));
  code.op(OP.i32Add);
}

/** Goes on behind a call that has returned, or stops if something in it has. The steps left, or −1, are on the engine's stack. */
function goOn(site: Site, place: Place): void {
  const { code } = site;
  code.tee(PARAMETER.left);
  code.i64(0);
  code.op(OP.i64LtS);
  code.when(() => {
    code.i64(-1);
    code.op(OP.return);
  });
  code.get(PARAMETER.room);
  code.i32(FRAME_BYTES);
  code.op(OP.i32Add);
  code.set(PARAMETER.room);
  goTo(site, place);
}

/** @param behind - the height when it has returned. */
export function writeCall(site: Site, { pc, height }: Place, behind: number): void {
  const { code, slots, blocks, targets } = site;
  const parameters = blocks.reader.a(pc);
  const entry = blocks.reader.target(pc);
  writeLink(site, { pc, height });
  slots.flush();
  pushFrame(code, height - parameters);
  const { local: callee } = take(code, TYPE.i32);
  const stop = () => leaveInside(site, { callee, parameters, pushEntry: () => code.i32(entry) });
  const block = targets.blockAt(entry);
  if (block === undefined) {
    stop();
    return;
  }
  takeRoom(code);
  code.when(stop);
  pushArguments(code, callee);
  code.call(OP.call, block);
  goOn(site, { pc: pc + 1, height: behind });
}

export function writeCallIndirect(site: Site, place: Place, behind: number): void {
  const { code, slots, blocks, targets, layout } = site;
  const { reader, flat } = blocks;
  const [size, base, type] = [reader.a(place.pc), reader.high(place.pc), reader.low(place.pc)];
  if (size === 0) {
    slots.flush();
    leaveAt(site, place);
    return;
  }
  const index = slots.get(place.height - 1);
  push(code, index, TYPE.i32);
  code.i32(size);
  code.op(OP.i32GeU);
  leaveIf(site, place);
  const address = elementAddress(code, index);
  const offset = layout.elements + ELEMENT.bytes * base;
  code.get(address);
  code.access(OP.i32Load, MEMORY.stack, offset + ELEMENT.type);
  code.i32(type + 1);
  code.op(OP.i32Ne);
  leaveIf(site, place);

  const parameters = flat.types[type]?.parameters.length ?? 0;
  const top = place.height - 1;
  writeLink(site, { pc: place.pc, height: top });
  slots.flush();
  pushFrame(code, top - parameters);
  const { local: callee } = take(code, TYPE.i32);
  const pushEntry = () => {
    code.get(address);
    code.access(OP.i32Load, MEMORY.stack, offset + ELEMENT.entry);
  };
  takeRoom(code);
  code.when(() => leaveInside(site, { callee, parameters, pushEntry }));
  // A function that is not compiled stops at once, by these.
  code.i32(0);
  pushEntry();
  code.access(OP.i32Store, MEMORY.stack, CONTROL.pc);
  code.i32(0);
  pushCalleeTop(code, callee, parameters);
  code.access(OP.i32Store, MEMORY.stack, CONTROL.sp);
  pushArguments(code, callee);
  push(code, index, TYPE.i32);
  code.i32(base);
  code.op(OP.i32Add);
  code.call(OP.callIndirect, targets.type);
  code.bytes.u32(targets.elements);
  goOn(site, { pc: place.pc + 1, height: behind });
}

function elementAddress(code: Code, index: Value): number {
  push(code, index, TYPE.i32);
  code.i32(Math.log2(ELEMENT.bytes));
  code.op(OP.i32Shl);
  return take(code, TYPE.i32).local;
}

/** Returns, with the link where whoever called can find it. */
export function writeReturn(site: Site, { pc, height }: Place): void {
  const { code, slots, blocks } = site;
  const results = blocks.reader.a(pc);
  writeLeaving(site, slots.get(blocks.reader.low(pc)), results);
  if (results === 1) slots.set(0, slots.get(height - 1));
  slots.flush();
  code.get(PARAMETER.left);
}

export function writeReturnMany(site: Site, { pc, height }: Place): void {
  const { code, slots, blocks } = site;
  writeLeaving(site, slots.get(height), blocks.reader.a(pc));
  slots.flush();
  code.get(PARAMETER.left);
}

function writeLeaving({ code }: Site, link: Value, results: number): void {
  code.i32(0);
  push(code, link, TYPE.i64);
  code.access(OP.i64Store, MEMORY.stack, CONTROL.link);
  code.i32(0);
  pushFrame(code, results);
  code.access(OP.i32Store, MEMORY.stack, CONTROL.sp);
}
