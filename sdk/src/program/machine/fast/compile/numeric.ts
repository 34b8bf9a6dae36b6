import { type Code, OP, TYPE, type ValueType } from "../../wasm/code.ts";
import type { Slots } from "./slots.ts";
import { push, take, type Value } from "./values.ts";

const { i32, i64, f32, f64 } = TYPE;

interface Shape {
  operands: readonly ValueType[];
  result: ValueType;
}

/** Operands and results of the numeric instructions, by the first and last opcode of each family. */
const FAMILIES: readonly (readonly [number, number, readonly ValueType[], ValueType])[] = [
  [0x45, 0x45, [i32], i32],
  [0x46, 0x4f, [i32, i32], i32],
  [0x50, 0x50, [i64], i32],
  [0x51, 0x5a, [i64, i64], i32],
  [0x5b, 0x60, [f32, f32], i32],
  [0x61, 0x66, [f64, f64], i32],
  [0x67, 0x69, [i32], i32],
  [0x6a, 0x78, [i32, i32], i32],
  [0x79, 0x7b, [i64], i64],
  [0x7c, 0x8a, [i64, i64], i64],
  [0x8d, 0x91, [f32], f32],
  [0x92, 0x97, [f32, f32], f32],
  [0x9b, 0x9f, [f64], f64],
  [0xa0, 0xa5, [f64, f64], f64],
  [0xa7, 0xa7, [i64], i32],
  [0xa8, 0xa9, [f32], i32],
  [0xaa, 0xab, [f64], i32],
  [0xac, 0xad, [i32], i64],
  [0xae, 0xaf, [f32], i64],
  [0xb0, 0xb1, [f64], i64],
  [0xb2, 0xb3, [i32], f32],
  [0xb4, 0xb5, [i64], f32],
  [0xb6, 0xb6, [f64], f32],
  [0xb7, 0xb8, [i32], f64],
  [0xb9, 0xba, [i64], f64],
  [0xbb, 0xbb, [f32], f64],
  [0xc0, 0xc1, [i32], i32],
  [0xc2, 0xc4, [i64], i64],
  [0xd0, 0xd1, [f32], i32],
  [0xd2, 0xd3, [f64], i32],
  [0xd4, 0xd5, [f32], i64],
  [0xd6, 0xd7, [f64], i64],
];

const shapes: Shape[] = [];
for (const [first, last, operands, result] of FAMILIES) {
  for (let opcode = first; opcode <= last; opcode++) shapes[opcode] = { operands, result };
}

const F32_SIGN = 0x8000_0000n;
const F64_SIGN = 0x8000_0000_0000_0000n;

/** Changes of a float's sign move its bits, those of a NaN as well. */
const SIGNS: Readonly<Record<number, { type: ValueType; does: "abs" | "neg" | "copysign" }>> = {
  139: { type: i32, does: "abs" },
  140: { type: i32, does: "neg" },
  152: { type: i32, does: "copysign" },
  153: { type: i64, does: "abs" },
  154: { type: i64, does: "neg" },
  166: { type: i64, does: "copysign" },
};

/** Those whose slot stays as it is. */
const isNothing = (opcode: number) => opcode === 0xad || (opcode >= 0xbc && opcode <= 0xbf);
const isSaturating = (opcode: number) => opcode >= 0xd0;
/** Conversions of integers never give a NaN. */
const givesNaN = (opcode: number) => opcode < 0xb2 || opcode === 0xb6 || opcode === 0xbb;

/** Leaves the block if the i32 on the stack is not zero. */
export type LeaveIf = () => void;

/**
 * Writes a numeric instruction.
 * @param height - slots from `fp` to `sp` before it. @returns the height behind it.
 */
export function writeNumeric(
  code: Code,
  slots: Slots,
  { opcode, height, leaveIf }: { opcode: number; height: number; leaveIf: LeaveIf },
): number {
  if (isNothing(opcode)) {
    slots.set(height - 1, slots.get(height - 1));
    return height;
  }
  const sign = SIGNS[opcode];
  if (sign !== undefined) return writeSign(code, slots, { ...sign, height });
  const { operands, result } = shapes[opcode] as Shape;
  const place = height - operands.length;
  const values = operands.map((_, index) => slots.get(place + index));
  writeGuard(code, { opcode, values, leaveIf });
  for (const [index, value] of values.entries()) push(code, value, operands[index] as ValueType);
  if (isSaturating(opcode)) {
    code.op(OP.prefix);
    code.op(opcode - 0xd0);
  } else code.op(opcode);
  const isFloat = result === f32 || result === f64;
  slots.set(place, take(code, result, isFloat && givesNaN(opcode)));
  return place + 1;
}

function writeSign(
  code: Code,
  slots: Slots,
  { type, does, height }: { type: ValueType; does: "abs" | "neg" | "copysign"; height: number },
): number {
  const isSingle = type === i32;
  const mask = isSingle ? F32_SIGN : F64_SIGN;
  const constant = (value: bigint) =>
    isSingle ? code.i32(Number(BigInt.asIntN(32, value))) : code.i64(value);
  const [and, or, xor] = isSingle
    ? ([OP.i32And, OP.i32Or, OP.i32Xor] as const)
    : ([OP.i64And, OP.i64Or, OP.i64Xor] as const);
  const place = does === "copysign" ? height - 2 : height - 1;
  push(code, slots.get(place), type);
  constant(does === "neg" ? mask : mask - 1n);
  code.op(does === "neg" ? xor : and);
  if (does === "copysign") {
    push(code, slots.get(height - 1), type);
    constant(mask);
    code.op(and);
    code.op(or);
  }
  slots.set(place, take(code, type));
  return place + 1;
}

interface Guarded {
  opcode: number;
  values: readonly Value[];
  leaveIf: LeaveIf;
}

/** Leaves if the instruction would trap. */
function writeGuard(code: Code, { opcode, values, leaveIf }: Guarded): void {
  const isDivision32 = opcode >= 0x6d && opcode <= 0x70;
  const isDivision64 = opcode >= 0x7f && opcode <= 0x82;
  if (isDivision32 || isDivision64) {
    const isSigned = opcode === 0x6d || opcode === 0x7f;
    guardDivision(code, { values, leaveIf, type: isDivision32 ? i32 : i64, isSigned });
  }
  const range = RANGES[opcode];
  if (range !== undefined) guardRange(code, { value: values[0] as Value, leaveIf, ...range });
}

function guardDivision(
  code: Code,
  {
    values,
    leaveIf,
    type,
    isSigned,
  }: { values: readonly Value[]; leaveIf: LeaveIf; type: ValueType; isSigned: boolean },
): void {
  const [dividend, divisor] = values as readonly [Value, Value];
  const is32 = type === i32;
  push(code, divisor, type);
  code.op(is32 ? OP.i32Eqz : OP.i64Eqz);
  leaveIf();
  if (!isSigned) return;
  push(code, divisor, type);
  if (is32) code.i32(-1);
  else code.i64(-1);
  code.op(is32 ? OP.i32Eq : OP.i64Eq);
  push(code, dividend, type);
  if (is32) code.i32(-(2 ** 31));
  else code.i64(-F64_SIGN);
  code.op(is32 ? OP.i32Eq : OP.i64Eq);
  code.op(OP.i32And);
  leaveIf();
}

interface Range {
  type: typeof f32 | typeof f64;
  /** The operand is above this, */
  above: number;
  /** or equal to it, if that fits, */
  isClosed?: boolean;
  /** and below that. */
  below: number;
}

/** What a float has to lie between to become an integer. */
const RANGES: Readonly<Record<number, Range>> = {
  168: { type: f32, above: -(2 ** 31), isClosed: true, below: 2 ** 31 },
  169: { type: f32, above: -1, below: 2 ** 32 },
  170: { type: f64, above: -(2 ** 31) - 1, below: 2 ** 31 },
  171: { type: f64, above: -1, below: 2 ** 32 },
  174: { type: f32, above: -(2 ** 63), isClosed: true, below: 2 ** 63 },
  175: { type: f32, above: -1, below: 2 ** 64 },
  176: { type: f64, above: -(2 ** 63), isClosed: true, below: 2 ** 63 },
  177: { type: f64, above: -1, below: 2 ** 64 },
};

/** Opcodes of comparisons of floats: `gt`, `ge`, `lt`. */
const COMPARE = {
  [f32]: { gt: 0x5e, ge: 0x60, lt: 0x5d },
  [f64]: { gt: 0x64, ge: 0x66, lt: 0x63 },
};

function guardRange(
  code: Code,
  {
    value,
    leaveIf,
    type,
    above,
    isClosed = false,
    below,
  }: Range & { value: Value; leaveIf: LeaveIf },
): void {
  const { gt, ge, lt } = COMPARE[type];
  push(code, value, type);
  writeFloat(code, type, above);
  code.op(isClosed ? ge : gt);
  push(code, value, type);
  writeFloat(code, type, below);
  code.op(lt);
  code.op(OP.i32And);
  code.op(OP.i32Eqz);
  leaveIf();
}

function writeFloat(code: Code, type: ValueType, value: number): void {
  const bytes = new Uint8Array(type === f32 ? 4 : 8);
  const view = new DataView(bytes.buffer);
  if (type === f32) view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  code.op(type === f32 ? OP.f32Const : OP.f64Const);
  code.bytes.bytes(bytes);
}
