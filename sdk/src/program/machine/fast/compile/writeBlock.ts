import { MACHINE } from "../../core/opcode.ts";
import { type Code, MEMORY, OP, TYPE } from "../../wasm/code.ts";
import { type Blocks, FLOW, flowOf, NO_BLOCK } from "./blocks.ts";
import { writeCall, writeCallIndirect, writeReturn, writeReturnMany } from "./calls.ts";
import { type Layout, SLOT_BYTES } from "./layout.ts";
import { writeLoad, writeSize, writeStore } from "./memory.ts";
import { writeNumeric } from "./numeric.ts";
import {
  goTo,
  leaveAt,
  leaveIf,
  PARAMETER,
  type Place,
  pushFrame,
  type Site,
  type Targets,
} from "./site.ts";
import { slotsOf } from "./slots.ts";
import { commonType, constantOf, push, take, type Value } from "./values.ts";

/** Globals as a block knows them. They are written at once. */
type Globals = Map<number, Value>;

/** Writes the function of one block: it carries out the instructions from there on, up to one that leads elsewhere. */
export function writeBlock(
  code: Code,
  pc: number,
  { blocks, layout, targets }: { blocks: Blocks; layout: Layout; targets: Targets },
): void {
  const end = endOf(blocks, pc);
  const slots = slotsOf(code, { frame: PARAMETER.frame, stack: layout.stack });
  const site: Site = { code, slots, blocks, layout, targets, end };
  let height = blocks.heights[pc] as number;
  if (end > pc) pay(site, { pc, height });
  const globals: Globals = new Map();
  for (let at = pc; at < end; at++) height = writeInstruction(site, { pc: at, height }, globals);
  if (end > pc && isLast(blocks.reader.opcode(end - 1))) return;
  slots.flush();
  if (end > pc && blocks.heights[end] !== NO_BLOCK) goTo(site, { pc: end, height });
  else writeUnusual(site, { pc: end, height });
}

/** Pays for all steps of the block, and stops where there are too few left. */
function pay(site: Site, place: Place): void {
  const { code, end } = site;
  code.get(PARAMETER.left);
  code.i64(end - place.pc);
  code.op(OP.i64Sub);
  code.tee(PARAMETER.left);
  code.i64(0);
  code.op(OP.i64LtS);
  leaveIf(site, place);
}

const isCall = (opcode: number) => opcode === MACHINE.call || opcode === MACHINE.callIndirect;
const isLast = (opcode: number) => isCall(opcode) || flowOf(opcode) === FLOW.ends;

/** Whether a step of it is left to others, or several are carried out at a time. */
const isUnusual = (opcode: number) =>
  opcode === MACHINE.unreachable || (flowOf(opcode) === FLOW.newBlock && !isCall(opcode));

/** The place behind a block's last instruction. */
function endOf({ reader, heights }: Blocks, pc: number): number {
  for (let at = pc; ; at++) {
    const opcode = reader.opcode(at);
    if (isUnusual(opcode)) return at;
    if (flowOf(opcode) !== FLOW.on || heights[at + 1] !== NO_BLOCK) return at + 1;
  }
}

/** Writes one instruction. @returns the height behind it. */
function writeInstruction(site: Site, place: Place, globals: Globals): number {
  const { code, slots, blocks } = site;
  const { pc, height } = place;
  const opcode = blocks.reader.opcode(pc);
  if (opcode >= MACHINE.firstNumeric && opcode <= MACHINE.lastSaturating) {
    return writeNumeric(code, slots, { opcode, height, leaveIf: () => leaveIf(site, place) });
  }
  if (opcode >= MACHINE.firstLoad && opcode <= MACHINE.lastLoad) {
    writeLoad(site, opcode, place);
    return height;
  }
  if (opcode >= MACHINE.firstStore && opcode <= MACHINE.lastStore) {
    writeStore(site, opcode, place);
    return height - 2;
  }
  const a = blocks.reader.a(pc);
  switch (opcode) {
    case MACHINE.move:
      slots.set(height - a, slots.get(height - blocks.reader.low(pc)));
      return height;
    case MACHINE.lift:
      slots.set(height, slots.get(blocks.reader.low(pc)));
      return height;
    case MACHINE.drop:
      return height - a;
    case MACHINE.localGet:
      slots.set(height, slots.get(a));
      return height + 1;
    case MACHINE.localSet:
    case MACHINE.localTee:
      slots.set(a, slots.get(height - 1));
      return opcode === MACHINE.localSet ? height - 1 : height;
    case MACHINE.const:
      slots.set(height, constantOf(blocks.reader.b(pc)));
      return height + 1;
    case MACHINE.memorySize:
      slots.set(height, writeSize(code));
      return height + 1;
    case MACHINE.globalGet:
      slots.set(height, readGlobal(site, a, globals));
      return height + 1;
    case MACHINE.globalSet:
      writeGlobal(site, a, { globals, value: slots.get(height - 1) });
      return height - 1;
    case MACHINE.select:
      return writeSelect(site, height);
    default:
      return writeTransfer(site, place, opcode);
  }
}

function writeSelect({ code, slots }: Site, height: number): number {
  const [first, second] = [slots.get(height - 3), slots.get(height - 2)];
  const condition = slots.get(height - 1);
  const type = commonType(first, second);
  push(code, first, type);
  push(code, second, type);
  push(code, condition, TYPE.i32);
  code.op(OP.select);
  const isLoose = first.isLoose === true || second.isLoose === true;
  slots.set(height - 3, take(code, type, isLoose));
  return height - 2;
}

function readGlobal({ code, layout }: Site, index: number, globals: Globals): Value {
  const known = globals.get(index);
  if (known !== undefined) return known;
  code.i32(0);
  code.access(OP.i64Load, MEMORY.stack, layout.globals + SLOT_BYTES * index);
  const value = take(code, TYPE.i64);
  globals.set(index, value);
  return value;
}

function writeGlobal(
  { code, layout }: Site,
  index: number,
  { globals, value }: { globals: Globals; value: Value },
): void {
  globals.set(index, value);
  code.i32(0);
  push(code, value, TYPE.i64);
  code.access(OP.i64Store, MEMORY.stack, layout.globals + SLOT_BYTES * index);
}

/** Writes an instruction that leads elsewhere. */
function writeTransfer(site: Site, place: Place, opcode: number): number {
  const { slots, blocks } = site;
  const { pc, height } = place;
  switch (opcode) {
    case MACHINE.jump:
      slots.flush();
      goTo(site, { pc: blocks.reader.target(pc), height });
      return height;
    case MACHINE.jumpIf:
    case MACHINE.jumpUnless:
      writeConditional(site, place, opcode === MACHINE.jumpUnless);
      return height - 1;
    case MACHINE.jumpTable:
      writeTable(site, place);
      return height - 1;
    case MACHINE.call:
      writeCall(site, place, blocks.heights[pc + 1] as number);
      return height;
    case MACHINE.callIndirect:
      writeCallIndirect(site, place, blocks.heights[pc + 1] as number);
      return height;
    case MACHINE.return:
      writeReturn(site, place);
      return height;
    case MACHINE.returnMany:
      writeReturnMany(site, place);
      return height;
    default:
      throw new Error(`no instruction has the opcode ${opcode}`);
  }
}

function writeConditional(site: Site, { pc, height }: Place, isNegated: boolean): void {
  const { code, slots, blocks, end } = site;
  push(code, slots.get(height - 1), TYPE.i32);
  if (isNegated) code.op(OP.i32Eqz);
  slots.flush();
  const target = blocks.reader.target(pc);
  code.when(() => goTo(site, { pc: target, height: height - 1, refund: end - pc - 1 }));
}

/** The jumps that follow are blocks, one after the other in the module's own table. */
function writeTable(site: Site, place: Place): void {
  const { code, slots, blocks, targets } = site;
  const count = blocks.reader.a(place.pc);
  const [first, last] = [place.pc + 1, place.pc + 1 + count];
  const index = slots.get(place.height - 1);
  slots.flush();
  if (targets.blockAt(first) === undefined || targets.blockAt(last) === undefined) {
    leaveAt(site, place);
    return;
  }
  code.get(PARAMETER.frame);
  code.get(PARAMETER.left);
  code.get(PARAMETER.bytes);
  code.get(PARAMETER.room);
  push(code, index, TYPE.i32);
  code.i32(count);
  push(code, index, TYPE.i32);
  code.i32(count);
  code.op(OP.i32LtU);
  code.op(OP.select);
  code.i32(targets.placeOf(first));
  code.op(OP.i32Add);
  code.call(OP.returnCallIndirect, targets.type);
  code.bytes.u32(targets.blocks);
}

/** Fills and copies at once where there are enough steps left, and leaves what it cannot do to others. */
function writeUnusual(site: Site, { pc, height }: Place): void {
  const { code, blocks, targets } = site;
  const opcode = blocks.reader.opcode(pc);
  const stop = () => leaveAt({ ...site, end: pc }, { pc, height });
  if (opcode !== MACHINE.memoryFill && opcode !== MACHINE.memoryCopy) {
    stop();
    return;
  }
  pushFrame(code, height);
  code.get(PARAMETER.left);
  code.get(PARAMETER.bytes);
  code.call(OP.call, opcode === MACHINE.memoryFill ? targets.fill : targets.copy);
  const left = take(code, TYPE.i64).local;
  code.get(left);
  code.i64(0);
  code.op(OP.i64LtS);
  code.when(stop);
  code.get(left);
  code.set(PARAMETER.left);
  goTo(site, { pc: pc + 1, height: height - 3 });
}
