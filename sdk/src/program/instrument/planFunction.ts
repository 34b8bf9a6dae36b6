import type { BinaryReader } from "../module/binary.ts";
import {
  checkValueType,
  type Instruction,
  instructionOf,
  OPCODE,
  readBlockType,
  readOpcode,
} from "../module/instructions.ts";
import type { Signature } from "../module/sections.ts";
import { type Int32List, int32List } from "./byteWriter.ts";
import { type ControlStack, controlStack, FRAME, NO_HEAD } from "./controlStack.ts";
import { type SegmentList, type Segments, segmentList } from "./segments.ts";

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
  /** Replaces `memory.grow`, up to the position that the argument gives, by a call. */
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

/** A function on the way through its body: what is planned, and what is known where the reader stands. */
interface Planning {
  readonly body: BinaryReader;
  readonly context: PlanContext;
  readonly plan: FunctionPlan;
  readonly segments: SegmentList;
  readonly control: ControlStack;
  /** Operands on the stack. */
  height: number;
  maxHeight: number;
  /** Whether the float on the top of the stack has bits that no engine chose. */
  fixedBits: boolean;
}

/** An instruction whose opcode was read, and whose immediates are next. */
interface Read extends Instruction {
  opcode: number;
  /** Where its opcode stands. */
  position: number;
}

/** Reads a function's body (without its size), which the engine has found valid, and plans its instrumentation. */
export function planFunction(
  body: BinaryReader,
  signature: Signature,
  context: PlanContext,
): FunctionPlan {
  const segments = segmentList();
  const plan: FunctionPlan = {
    edits: int32List(),
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
  const control = controlStack();
  const planning: Planning = {
    ...{ body, context, plan, segments, control },
    ...{ height: 0, maxHeight: 0, fixedBits: false },
  };

  const entryCost =
    ENTRY_COST + Math.floor((plan.localCount - plan.parameterCount) / LOCALS_PER_FUEL);
  const entry = segments.open(0);
  segments.add(entry, entryCost);
  // The first frame counts no parameters: they are locals.
  control.push({ base: 0, parameters: 0, results: signature.results.length, segment: entry });
  let instructionCount = 0;
  for (; control.length > 0; instructionCount++) planInstruction(planning);

  plan.code.end = body.offset;
  plan.depthCost =
    FRAME_SLOTS +
    signature.results.length +
    plan.localCount +
    planning.maxHeight +
    Math.floor(instructionCount / INSTRUCTIONS_PER_SLOT);
  return plan;
}

function planInstruction(planning: Planning): void {
  const { body, segments, control } = planning;
  const position = body.offset;
  const opcode = readOpcode(body);
  const { immediates, pops, pushes, cost } = instructionOf(opcode);
  // Each round of a loop pays for it, not the way in.
  if (opcode !== OPCODE.loop) segments.add(control.get(control.depth, FRAME.segment), cost);
  planEffect(planning, { opcode, position, immediates, pops, pushes, cost });
  planning.fixedBits = FIXED_BITS.has(opcode) || (planning.fixedBits && SIGN_ONLY.has(opcode));
}

function planEffect(planning: Planning, read: Read): void {
  switch (read.opcode) {
    case OPCODE.block:
    case OPCODE.loop:
    case OPCODE.if:
      openBlock(planning, read);
      break;
    case OPCODE.else:
      planElse(planning);
      break;
    case OPCODE.end:
      closeBlock(planning);
      break;
    case OPCODE.br:
    case OPCODE.brIf:
    case OPCODE.brTable:
    case OPCODE.return:
    case OPCODE.unreachable:
      planBranch(planning, read);
      break;
    case OPCODE.call:
    case OPCODE.callIndirect:
      planCall(planning, read);
      break;
    case OPCODE.memoryGrow:
    case OPCODE.memoryCopy:
    case OPCODE.memoryFill:
    case OPCODE.memoryInit:
    case OPCODE.dataDrop:
      planMemory(planning, read);
      break;
    case OPCODE.f32Store:
    case OPCODE.f32Copysign:
    case OPCODE.i32ReinterpretF32:
      planFloat(planning, read, "f32");
      break;
    case OPCODE.f64Store:
    case OPCODE.f64Copysign:
    case OPCODE.i64ReinterpretF64:
      planFloat(planning, read, "f64");
      break;
    default:
      skipImmediates(planning, read);
      move(planning, read);
      break;
  }
}

function openBlock(planning: Planning, { opcode, cost }: Read): void {
  const { segments, control, plan } = planning;
  if (opcode === OPCODE.if) move(planning, { pops: 1, pushes: 0 });
  const segment = control.get(control.depth, FRAME.segment);
  const { parameters, results } = signatureOfBlock(planning);
  control.push({ base: planning.height - parameters, parameters, results, segment });
  if (opcode === OPCODE.if) beginSegment(planning, segments.open(control.depth));
  if (opcode !== OPCODE.loop) return;
  const head = segments.openLoop(control.depth);
  beginSegment(planning, head);
  control.set(control.depth, FRAME.head, head);
  segments.add(head, cost);
  plan.hasLoop = true;
}

function planElse(planning: Planning): void {
  const { segments, control } = planning;
  planning.height =
    control.get(control.depth, FRAME.base) + control.get(control.depth, FRAME.parameters);
  beginSegment(planning, segments.open(control.depth));
}

function closeBlock(planning: Planning): void {
  const { segments, control } = planning;
  const index = control.depth;
  const outermost = control.get(index, FRAME.outermost);
  const head = control.get(index, FRAME.head);
  planning.height = control.get(index, FRAME.base);
  move(planning, { pops: 0, pushes: control.get(index, FRAME.results) });
  control.pop();
  if (head !== NO_HEAD) segments.closeLoop(head, control.get(index - 1, FRAME.segment));
  if (index === 0 || outermost === index) return;
  // What left the block may have left those around it too.
  noteBranch(control, index - 1, outermost);
  beginSegment(planning, segments.open(control.depth));
}

function planBranch(planning: Planning, { opcode, position }: Read): void {
  const { body, segments, control } = planning;
  switch (opcode) {
    case OPCODE.br:
      leave(planning, body.u32(), { conditional: false });
      break;
    case OPCODE.brIf:
      move(planning, { pops: 1, pushes: 0 });
      leave(planning, body.u32(), { conditional: true });
      beginSegment(planning, segments.open(control.depth));
      return;
    case OPCODE.brTable:
      move(planning, { pops: 1, pushes: 0 });
      for (let left = body.u32() + 1; left > 0; left--) {
        leave(planning, body.u32(), { conditional: true });
      }
      break;
    case OPCODE.return:
      edit(planning, EDIT.return, position, control.depth);
      leave(planning, control.depth, { conditional: true });
      break;
    default: // unreachable
      break;
  }
  skipDead(planning);
}

function planCall(planning: Planning, { opcode, position }: Read): void {
  const { body, plan, context } = planning;
  const index = body.u32();
  const isDirect = opcode === OPCODE.call;
  const type = context.types[isDirect ? (context.functions[index] as number) : index] as Signature;
  if (!isDirect) {
    body.u32(); // the table
    move(planning, { pops: 1, pushes: 0 });
  }
  edit(planning, EDIT.beforeCall, position);
  move(planning, { pops: type.parameters.length, pushes: type.results.length });
  edit(planning, EDIT.afterCall, body.offset);
  plan.hasCall = true;
}

function planMemory(planning: Planning, read: Read): void {
  const { body } = planning;
  const { opcode, position } = read;
  switch (opcode) {
    case OPCODE.memoryGrow:
      skipImmediates(planning, read);
      edit(planning, EDIT.grow, position, body.offset);
      return;
    case OPCODE.dataDrop:
      replaceIfPassive(planning, EDIT.dropData, { position, data: body.u32() });
      return;
    case OPCODE.memoryInit: {
      edit(planning, EDIT.chargeBytes, position);
      const data = body.u32();
      body.u32(); // the memory
      replaceIfPassive(planning, EDIT.initMemory, { position, data });
      break;
    }
    default: // memory.copy, memory.fill
      skipImmediates(planning, read);
      edit(planning, EDIT.chargeBytes, position);
      break;
  }
  move(planning, read);
}

/** An instruction that would show the bits of a NaN. */
function planFloat(planning: Planning, read: Read, type: "f32" | "f64"): void {
  skipImmediates(planning, read);
  if (!planning.fixedBits) {
    edit(planning, type === "f32" ? EDIT.canonicalF32 : EDIT.canonicalF64, read.position);
    planning.plan[type === "f32" ? "usesF32" : "usesF64"] = true;
  }
  move(planning, read);
}

function edit({ plan: { edits } }: Planning, kind: number, position: number, argument = 0): void {
  edits.push(kind);
  edits.push(position);
  edits.push(argument);
}

function move(planning: Planning, { pops, pushes }: Pick<Instruction, "pops" | "pushes">): void {
  planning.height += pushes - pops;
  if (planning.height > planning.maxHeight) planning.maxHeight = planning.height;
}

function skipImmediates({ body }: Planning, { immediates }: Instruction): void {
  for (const skip of immediates) skip(body);
}

/** Begins a segment of the innermost block: its charge will stand here. */
function beginSegment(planning: Planning, segment: number): void {
  const { body, control } = planning;
  edit(planning, EDIT.charge, body.offset, segment);
  control.set(control.depth, FRAME.segment, segment);
}

/** Notes a branch `levels` outwards: what follows it in this sequence need not run. */
function leave(
  { segments, control }: Planning,
  levels: number,
  { conditional }: { conditional: boolean },
): void {
  const target = control.depth - levels;
  const head = control.get(target, FRAME.head);
  if (head !== NO_HEAD) {
    segments.branchToLoop(head, control.get(control.depth, FRAME.segment), conditional);
  }
  noteBranch(control, control.depth, target);
}

function noteBranch(control: ControlStack, from: number, target: number): void {
  if (target < control.get(from, FRAME.outermost)) control.set(from, FRAME.outermost, target);
}

/** An active data segment is dropped from the start, and so has nothing to remember. */
function replaceIfPassive(
  planning: Planning,
  kind: number,
  { position, data }: { position: number; data: number },
): void {
  if (!planning.context.dataIsPassive[data]) return;
  edit(planning, kind, position, data);
  edit(planning, EDIT.omit, position, planning.body.offset);
}

/** Skips what cannot run, up to the `else` or `end` of the innermost block. */
function skipDead(planning: Planning): void {
  const { body } = planning;
  const start = body.offset;
  for (let nested = 0; nested > 0 || !ENDS.has(body.peek()); ) {
    const opcode = readOpcode(body);
    skipImmediates(planning, instructionOf(opcode));
    if (OPENS.has(opcode)) nested += 1;
    else if (opcode === OPCODE.end) nested -= 1;
  }
  if (body.offset > start) edit(planning, EDIT.omit, start, body.offset);
}

function signatureOfBlock({ body, context }: Planning): { parameters: number; results: number } {
  const block = readBlockType(body);
  if ("results" in block) return { parameters: 0, results: block.results };
  const { parameters, results } = context.types[block.index] as Signature;
  return { parameters: parameters.length, results: results.length };
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
