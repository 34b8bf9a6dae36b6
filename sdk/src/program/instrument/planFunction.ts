import { type BinaryReader, malformed } from "../module/binary.ts";
import { checkValueType, instructionOf, OPCODE, readOpcode } from "../module/instructions.ts";
import type { Signature } from "../module/sections.ts";
import { type Int32List, int32List } from "./byteWriter.ts";
import { type Segments, segmentList } from "./segments.ts";

/** What is done to a function's code, besides copying it. */
export const EDIT = {
  /** Inserts the charge of the segment that the argument numbers. */
  charge: 0,
  /** Inserts what keeps the counter in step around a call, before it and behind it. */
  beforeCall: 1,
  afterCall: 2,
  /** Replaces `return` by a branch to the depth that the argument gives. */
  return: 3,
  /** Leaves out what can never run, up to the position that the argument gives. */
  omit: 4,
  /** Replaces `memory.grow` by a call. */
  grow: 5,
  /** Inserts the charge for as many bytes as the top of the stack says. */
  chargeBytes: 6,
  /** Inserts what makes a NaN on the top of the stack the canonical one. */
  canonicalF32: 7,
  canonicalF64: 8,
  /** Replaces `data.drop` and `memory.init` of the segment that the argument numbers. */
  dropData: 9,
  initMemory: 10,
} as const;

/** Everything about one function that has to be known before its code is written. */
export interface FunctionPlan {
  /** Triples: kind, position in the module, argument; positions never fall. */
  edits: Int32List;
  /** Segments, the first of them charged at the function's entry. */
  segments: Segments;
  parameterCount: number;
  /** Parameters and declared locals. */
  localCount: number;
  /** Where the groups of locals stand, and where the code does. */
  localGroups: { count: number; start: number; end: number };
  code: { start: number; end: number };
  hasLoop: boolean;
  hasCall: boolean;
  usesF32: boolean;
  usesF64: boolean;
  /** Slots of stack that a call takes. */
  depthCost: number;
}

/** What a plan needs to know of its module. */
export interface PlanContext {
  types: readonly Signature[];
  functions: readonly number[];
  dataIsPassive: readonly boolean[];
}

/** Slots that every call takes, whatever the function: return address, saved registers, the engine's own. */
const FRAME_SLOTS = 16;
/** Instructions for which a slot is charged: an optimizing compiler may keep a value of each of so many. */
const INSTRUCTIONS_PER_SLOT = 8;
/** Fuel of entering a function, and locals for whose initial zeros one more is charged. */
const ENTRY_COST = 2;
const LOCALS_PER_FUEL = 8;

/** Instructions after which a float on the stack has bits that no engine chooses. */
const FIXED_BITS = new Set([
  0x2a, 0x2b, 0x43, 0x44, 0xb2, 0xb3, 0xb4, 0xb5, 0xb7, 0xb8, 0xb9, 0xba, 0xbe, 0xbf,
]);

/** abs and neg, which change the sign and no other bit. */
const SIGN_ONLY = new Set([0x8b, 0x8c, 0x99, 0x9a]);

const OPENS: ReadonlySet<number> = new Set([OPCODE.block, OPCODE.loop, OPCODE.if]);
const ENDS: ReadonlySet<number> = new Set([OPCODE.else, OPCODE.end]);

/** In place of the segment at a loop's head, for a block that is no loop. */
const NO_HEAD = -1;

/** Numbers of a frame of the control stack, which is one list so that no nesting is too deep. */
const FRAME = {
  base: 0,
  parameters: 1,
  results: 2,
  segment: 3,
  outermost: 4,
  head: 5,
  size: 6,
} as const;

const EMPTY_TYPE = 0x40;

/** Reads a function's body (without its size), which the engine has found valid, and plans its instrumentation. */
export function planFunction(
  body: BinaryReader,
  signature: Signature,
  { types, functions, dataIsPassive }: PlanContext,
): FunctionPlan {
  const edits = int32List();
  const segments = segmentList();
  const frames = int32List();
  const plan: FunctionPlan = {
    edits,
    segments,
    parameterCount: signature.parameters.length,
    ...readLocals(body, signature),
    code: { start: body.offset, end: 0 },
    hasLoop: false,
    hasCall: false,
    usesF32: false,
    usesF64: false,
    depthCost: 0,
  };

  let height = 0;
  let maxHeight = 0;
  let instructionCount = 0;
  /** Whether the float on the top of the stack has bits that no engine chose. */
  let fixedBits = false;

  function edit(kind: number, position: number, argument = 0): void {
    edits.push(kind);
    edits.push(position);
    edits.push(argument);
  }
  function move(pops: number, pushes: number): void {
    height += pushes - pops;
    if (height > maxHeight) maxHeight = height;
  }
  const depth = () => frames.length / FRAME.size - 1;
  const field = (index: number, which: number) => frames.at(index * FRAME.size + which);
  const setField = (index: number, which: number, value: number) =>
    frames.set(index * FRAME.size + which, value);

  /** Begins a segment of the innermost block: its charge will stand here. */
  function begin(segment: number): void {
    edit(EDIT.charge, body.offset, segment);
    setField(depth(), FRAME.segment, segment);
  }
  function pushFrame(
    { parameters, results }: { parameters: number; results: number },
    segment: number,
  ): void {
    const index = depth() + 1;
    frames.push(height - parameters);
    frames.push(parameters);
    frames.push(results);
    frames.push(segment);
    frames.push(index); // no branch out of it is known yet
    frames.push(NO_HEAD);
  }
  function readBlockType(): { parameters: number; results: number } {
    const first = body.byte();
    if (first === EMPTY_TYPE) return { parameters: 0, results: 0 };
    if (first >= 0x7c && first <= 0x7f) return { parameters: 0, results: 1 };
    let index = first & 0x7f;
    for (let byte = first, shift = 7; byte >= 0x80; shift += 7) {
      byte = body.byte();
      index += (byte & 0x7f) * 2 ** shift;
    }
    const type = types[index];
    if (type === undefined) throw malformed("a block has an unknown type");
    return { parameters: type.parameters.length, results: type.results.length };
  }
  /** Notes a branch `levels` outwards: what follows it in this sequence need not run. */
  function leave(levels: number, conditional = true): void {
    const target = depth() - levels;
    const head = field(target, FRAME.head);
    if (head !== NO_HEAD) {
      segments.branchToLoop(head, field(depth(), FRAME.segment), conditional);
    }
    if (target < field(depth(), FRAME.outermost)) setField(depth(), FRAME.outermost, target);
  }
  function call({ parameters, results }: Signature, position: number): void {
    edit(EDIT.beforeCall, position);
    move(parameters.length, results.length);
    edit(EDIT.afterCall, body.offset);
    plan.hasCall = true;
  }
  /** An active data segment is dropped from the start, and so has nothing to remember. */
  function replaceIfPassive(kind: number, position: number, data: number): void {
    if (!dataIsPassive[data]) return;
    edit(kind, position, data);
    edit(EDIT.omit, position, body.offset);
  }
  /** Skips what cannot run, up to the `else` or `end` of the innermost block. */
  function skipDead(): void {
    const start = body.offset;
    for (let nested = 0; nested > 0 || !ENDS.has(body.peek()); ) {
      const opcode = readOpcode(body);
      for (const skip of instructionOf(opcode).immediates) skip(body);
      if (OPENS.has(opcode)) nested += 1;
      else if (opcode === OPCODE.end) nested -= 1;
    }
    if (body.offset > start) edit(EDIT.omit, start, body.offset);
  }

  segments.add(
    segments.open(0),
    ENTRY_COST + Math.floor((plan.localCount - plan.parameterCount) / LOCALS_PER_FUEL),
  );
  pushFrame({ parameters: 0, results: signature.results.length }, 0);
  // The first frame counts no parameters: they are locals.
  while (frames.length > 0) {
    const position = body.offset;
    const opcode = readOpcode(body);
    const { immediates, pops, pushes, cost } = instructionOf(opcode);
    const segment = field(depth(), FRAME.segment);
    // Each round of a loop pays for it, not the way in.
    if (opcode !== OPCODE.loop) segments.add(segment, cost);
    instructionCount += 1;

    switch (opcode) {
      case OPCODE.block:
        pushFrame(readBlockType(), segment);
        break;
      case OPCODE.loop:
        pushFrame(readBlockType(), segment);
        begin(segments.openLoop(depth()));
        setField(depth(), FRAME.head, field(depth(), FRAME.segment));
        segments.add(field(depth(), FRAME.segment), cost);
        plan.hasLoop = true;
        break;
      case OPCODE.if:
        move(1, 0);
        pushFrame(readBlockType(), segment);
        begin(segments.open(depth()));
        break;
      case OPCODE.else:
        height = field(depth(), FRAME.base) + field(depth(), FRAME.parameters);
        begin(segments.open(depth()));
        break;
      case OPCODE.end: {
        const index = depth();
        const outermost = field(index, FRAME.outermost);
        height = field(index, FRAME.base);
        move(0, field(index, FRAME.results));
        const head = field(index, FRAME.head);
        frames.truncate(frames.length - FRAME.size);
        if (head !== NO_HEAD) segments.closeLoop(head, field(index - 1, FRAME.segment));
        if (index > 0 && outermost < index) {
          if (outermost < field(index - 1, FRAME.outermost)) {
            setField(index - 1, FRAME.outermost, outermost);
          }
          begin(segments.open(depth()));
        }
        break;
      }
      case OPCODE.br:
        leave(body.u32(), false);
        skipDead();
        break;
      case OPCODE.brIf:
        move(1, 0);
        leave(body.u32());
        begin(segments.open(depth()));
        break;
      case OPCODE.brTable:
        move(1, 0);
        for (let left = body.u32() + 1; left > 0; left--) leave(body.u32());
        skipDead();
        break;
      case OPCODE.return:
        edit(EDIT.return, position, depth());
        leave(depth());
        skipDead();
        break;
      case OPCODE.unreachable:
        skipDead();
        break;
      case OPCODE.call:
        call(types[functions[body.u32()] as number] as Signature, position);
        break;
      case OPCODE.callIndirect: {
        const type = types[body.u32()] as Signature;
        body.u32();
        move(1, 0);
        call(type, position);
        break;
      }
      case OPCODE.memoryGrow:
        body.u32();
        edit(EDIT.grow, position);
        break;
      case OPCODE.memoryCopy:
      case OPCODE.memoryFill:
        for (const skip of immediates) skip(body);
        edit(EDIT.chargeBytes, position);
        move(pops, pushes);
        break;
      case OPCODE.memoryInit: {
        edit(EDIT.chargeBytes, position);
        const data = body.u32();
        body.u32();
        replaceIfPassive(EDIT.initMemory, position, data);
        move(pops, pushes);
        break;
      }
      case OPCODE.dataDrop:
        replaceIfPassive(EDIT.dropData, position, body.u32());
        break;
      case OPCODE.f32Store:
      case OPCODE.f32Copysign:
      case OPCODE.i32ReinterpretF32:
      case OPCODE.f64Store:
      case OPCODE.f64Copysign:
      case OPCODE.i64ReinterpretF64: {
        for (const skip of immediates) skip(body);
        if (!fixedBits) {
          const single =
            opcode === OPCODE.f32Store ||
            opcode === OPCODE.f32Copysign ||
            opcode === OPCODE.i32ReinterpretF32;
          edit(single ? EDIT.canonicalF32 : EDIT.canonicalF64, position);
          if (single) plan.usesF32 = true;
          else plan.usesF64 = true;
        }
        move(pops, pushes);
        break;
      }
      default:
        for (const skip of immediates) skip(body);
        move(pops, pushes);
        break;
    }
    fixedBits = FIXED_BITS.has(opcode) || (fixedBits && SIGN_ONLY.has(opcode));
  }

  plan.code.end = body.offset;
  plan.depthCost =
    FRAME_SLOTS +
    signature.results.length +
    plan.localCount +
    maxHeight +
    Math.floor(instructionCount / INSTRUCTIONS_PER_SLOT);
  return plan;
}

function readLocals(
  body: BinaryReader,
  signature: Signature,
): Pick<FunctionPlan, "localCount" | "localGroups"> {
  let localCount = signature.parameters.length;
  const count = body.u32();
  const start = body.offset;
  for (let left = count; left > 0; left--) {
    localCount += body.u32();
    checkValueType(body);
  }
  return { localCount, localGroups: { count, start, end: body.offset } };
}
