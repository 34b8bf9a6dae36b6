import { STOP } from "../abi/instrumented.ts";
import { InvalidProgramError } from "../errors/program.ts";
import { F32, F64, I64, type Signature } from "../module/sections.ts";
import type { ByteWriter } from "./byteWriter.ts";
import { EDIT, type FunctionPlan } from "./planFunction.ts";

/** The indices of what the transformation adds to a module. */
export interface Additions {
  fuelGlobal: number;
  depthGlobal: number;
  stopGlobal: number;
  chargeBytesFunction: number;
  growFunction: number;
  /** Of each passive data segment, the global that says whether it was dropped. */
  droppedGlobals: ReadonlyMap<number, number>;
  /** A passive data segment without bytes. */
  emptyData: number;
  /** The index of a function type, which is added to the module if it has none like it. */
  typeIndex(type: Signature): number;
}

/** Most locals of a function, its parameters and the added ones included, and most bytes of its body. */
const MAX_LOCALS = 50_000;
const MAX_BODY_BYTES = 7_654_321;

const ZERO_I64 = [0x42, 0x00] as const;
const END = 0x0b;
const EMPTY_TYPE = 0x40;
const CANONICAL_F32 = [0x43, 0x00, 0x00, 0xc0, 0x7f] as const;
const CANONICAL_F64 = [0x44, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xf8, 0x7f] as const;

const I32_PARAMETERS = [0x7f, 0x7f, 0x7f];

/**
 * Writes the body (with its size) of an instrumented function.
 *
 * @throws {@link InvalidProgramError} when it is larger than engines take.
 */
export function writeFunction(
  out: ByteWriter,
  original: Uint8Array,
  { plan, signature, additions, scratch }: WriteFunctionParameters,
): void {
  const body = scratch;
  body.clear();
  writeLocals(body, original, plan);
  writeCode(codeWriter(body, plan, additions), original, { plan, signature });
  if (body.length > MAX_BODY_BYTES) {
    throw tooLarge(`a function of it has ${body.length} bytes when instrumented`, MAX_BODY_BYTES);
  }
  out.u32(body.length);
  out.bytes(body.view());
}

export interface WriteFunctionParameters {
  plan: FunctionPlan;
  signature: Signature;
  additions: Additions;
  /** What the body is written to first, for its size stands before it. */
  scratch: ByteWriter;
}

export function tooLarge(what: string, limit: number): InvalidProgramError {
  return new InvalidProgramError("PROGRAM_TOO_LARGE", `${what}. Keep it at ${limit} or below.`);
}

function writeLocals(body: ByteWriter, original: Uint8Array, plan: FunctionPlan): void {
  const { localGroups, usesF32, usesF64, localCount } = plan;
  const added = [I64, ...(usesF32 ? [F32] : []), ...(usesF64 ? [F64] : [])];
  if (localCount + added.length > MAX_LOCALS) {
    throw tooLarge(
      `a function of it has ${localCount + added.length} locals when instrumented`,
      MAX_LOCALS,
    );
  }
  body.u32(localGroups.count + added.length);
  body.copy(original, localGroups.start, localGroups.end);
  for (const type of added) body.bytes([1, type]);
}

function writeCode(
  code: CodeWriter,
  original: Uint8Array,
  { plan, signature }: Pick<WriteFunctionParameters, "plan" | "signature">,
): void {
  const { edits, segments } = plan;
  const hasEpilogue = plan.hasLoop || plan.hasCall;
  code.enter(segments.cost(0));
  if (hasEpilogue) code.openBody(signature.results);

  let copied = plan.code.start;
  for (let i = 0; i < edits.length; i += 3) {
    const kind = edits.at(i);
    const position = edits.at(i + 1);
    const argument = edits.at(i + 2);
    code.copy(original, copied, position);
    copied = position;
    switch (kind) {
      case EDIT.charge:
        code.charge(
          segments.cost(argument),
          segments.isChecked(argument) ? segments.depth(argument) + 1 : undefined,
        );
        break;
      case EDIT.beforeCall:
        code.beforeCall();
        break;
      case EDIT.afterCall:
        code.afterCall();
        break;
      case EDIT.return:
        if (hasEpilogue) {
          code.branch(argument);
          copied += 1;
        }
        break;
      case EDIT.omit:
        copied = argument;
        break;
      case EDIT.grow:
        code.grow();
        copied = argument;
        break;
      case EDIT.chargeBytes:
        code.chargeBytes();
        break;
      case EDIT.canonicalF32:
      case EDIT.canonicalF64:
        code.canonical(kind === EDIT.canonicalF32);
        break;
      case EDIT.dropData:
        code.dropData(argument);
        break;
      default:
        code.initMemory(argument);
        break;
    }
  }
  code.copy(original, copied, plan.code.end);
  if (hasEpilogue) code.leave();
}

interface CodeWriter {
  copy(original: Uint8Array, start: number, end: number): void;
  /** What stands before the function's own code: its stack and the fuel of its first segment are taken. */
  enter(cost: number): void;
  /** Opens the block that every way out of the function ends, with {@link CodeWriter.leave} behind it. */
  openBody(results: number[]): void;
  leave(): void;
  /** Takes fuel, and leaves for the block `stop` levels outwards when there is none. */
  charge(cost: number, stop: number | undefined): void;
  beforeCall(): void;
  afterCall(): void;
  branch(depth: number): void;
  grow(): void;
  chargeBytes(): void;
  canonical(single: boolean): void;
  dropData(data: number): void;
  initMemory(data: number): void;
}

function codeWriter(body: ByteWriter, plan: FunctionPlan, additions: Additions): CodeWriter {
  const { fuelGlobal, depthGlobal, stopGlobal } = additions;
  const fuelLocal = plan.localCount;
  const f32Local = fuelLocal + 1;
  const f64Local = f32Local + (plan.usesF32 ? 1 : 0);
  // In a loop a register is worth the two instructions that a call then takes; elsewhere it is not.
  const keepsLocal = plan.hasLoop;

  const op = (opcode: number, index: number) => {
    body.byte(opcode);
    body.u32(index);
  };
  const localGet = (index: number) => op(0x20, index);
  const localSet = (index: number) => op(0x21, index);
  const localTee = (index: number) => op(0x22, index);
  const globalGet = (index: number) => op(0x23, index);
  const globalSet = (index: number) => op(0x24, index);
  const i32Const = (value: number) => {
    body.byte(0x41);
    body.signed(value);
  };
  const subtractFuel = (cost: number) => {
    body.byte(0x42);
    body.signed(cost);
    body.byte(0x7d); // i64.sub
  };
  /** Stops the program if the comparison on the stack holds. */
  const stopIf = (reason: number) => {
    body.bytes([0x04, EMPTY_TYPE]);
    i32Const(reason);
    globalSet(stopGlobal);
    body.bytes([0x00, END]); // unreachable
  };
  const stopIfNegativeFuel = () => {
    body.bytes(ZERO_I64);
    body.byte(0x53); // i64.lt_s
    stopIf(STOP.overFuel);
  };
  const beforeCall = () => {
    if (!keepsLocal) return;
    localGet(fuelLocal);
    globalSet(fuelGlobal);
  };
  const afterCall = () => {
    if (!keepsLocal) return;
    globalGet(fuelGlobal);
    localSet(fuelLocal);
  };
  const callAddition = (index: number) => {
    beforeCall();
    op(0x10, index);
    afterCall();
  };

  return {
    copy: (original, start, end) => body.copy(original, start, end),
    beforeCall,
    afterCall,
    enter(cost) {
      globalGet(depthGlobal);
      i32Const(plan.depthCost);
      if (plan.hasCall) {
        body.byte(0x6b); // i32.sub
        globalSet(depthGlobal);
        globalGet(depthGlobal);
        i32Const(0);
      }
      body.byte(0x48); // i32.lt_s
      stopIf(STOP.overDepth);

      globalGet(fuelGlobal);
      subtractFuel(cost);
      localTee(fuelLocal);
      if (!keepsLocal) {
        globalSet(fuelGlobal);
        localGet(fuelLocal);
      }
      stopIfNegativeFuel();
    },
    openBody(results) {
      if (keepsLocal) body.bytes([0x02, EMPTY_TYPE]);
      body.byte(0x02);
      if (results.length === 0) body.byte(EMPTY_TYPE);
      else if (results.length === 1) body.byte(results[0] as number);
      else body.signed(additions.typeIndex({ parameters: [], results }));
    },
    leave() {
      if (plan.hasCall) {
        globalGet(depthGlobal);
        i32Const(plan.depthCost);
        body.byte(0x6a); // i32.add
        globalSet(depthGlobal);
      }
      if (keepsLocal) {
        localGet(fuelLocal);
        globalSet(fuelGlobal);
        body.bytes([0x0f, END]); // return
        i32Const(STOP.overFuel);
        globalSet(stopGlobal);
        body.byte(0x00); // unreachable
      }
      body.byte(END);
    },
    charge(cost, stop) {
      if (cost === 0) return;
      if (keepsLocal) localGet(fuelLocal);
      else globalGet(fuelGlobal);
      subtractFuel(cost);
      if (stop !== undefined) {
        localTee(fuelLocal);
        body.bytes(ZERO_I64);
        body.byte(0x53); // i64.lt_s
        op(0x0d, stop); // br_if
      } else if (keepsLocal) localSet(fuelLocal);
      else globalSet(fuelGlobal);
    },
    branch: (depth) => op(0x0c, depth),
    grow: () => callAddition(additions.growFunction),
    chargeBytes: () => callAddition(additions.chargeBytesFunction),
    canonical(single) {
      const local = single ? f32Local : f64Local;
      localTee(local);
      body.bytes(single ? CANONICAL_F32 : CANONICAL_F64);
      localGet(local);
      localGet(local);
      body.bytes([single ? 0x5b : 0x61, 0x1b]); // eq, select
    },
    dropData(data) {
      i32Const(1);
      globalSet(additions.droppedGlobals.get(data) as number);
    },
    initMemory(data) {
      globalGet(additions.droppedGlobals.get(data) as number);
      body.byte(0x04);
      body.signed(additions.typeIndex({ parameters: I32_PARAMETERS, results: [] }));
      for (const [index, close] of [
        [additions.emptyData, 0x05],
        [data, END],
      ] as const) {
        body.bytes([0xfc, 8]);
        body.u32(index);
        body.bytes([0, close]);
      }
    },
  };
}
