import { CANONICAL_NAN_32, CANONICAL_NAN_64 } from "../../numeric/bits.ts";
import { type Code, OP, TYPE, type ValueType } from "../../wasm/code.ts";

/** What a slot holds, known by the local that has it, or as a constant. It never changes. */
export interface Value {
  type: ValueType;
  local: number;
  /** The slot's 64 bits. */
  constant?: bigint;
  /** Of a float that arithmetic gave: the engine may have chosen the bits of a NaN, where the machine has the canonical ones. */
  isLoose?: boolean;
  /** Its bits as an integer, once they were needed. */
  bits?: Value;
}

export const constantOf = (constant: bigint): Value => ({ type: TYPE.i64, local: -1, constant });

/** Takes the value that is on the engine's stack. */
export function take(code: Code, type: ValueType, isLoose = false): Value {
  const local = code.local(type);
  code.set(local);
  return { type, local, isLoose };
}

const isFloat = (type: ValueType) => type === TYPE.f32 || type === TYPE.f64;

/** The bits of a float, those of a NaN as the machine has them. */
function bitsOf(code: Code, value: Value): Value {
  if (value.bits !== undefined) return value.bits;
  const isSingle = value.type === TYPE.f32;
  code.get(value.local);
  code.op(isSingle ? OP.bitsOfF32 : OP.bitsOfF64);
  if (value.isLoose) {
    if (isSingle) code.i32(Number(CANONICAL_NAN_32));
    else code.i64(CANONICAL_NAN_64);
    code.get(value.local);
    code.get(value.local);
    code.op(isSingle ? OP.f32Eq : OP.f64Eq);
    code.op(OP.select);
  }
  value.bits = take(code, isSingle ? TYPE.i32 : TYPE.i64);
  return value.bits;
}

/** Puts a value on the engine's stack: whole as an i64, the lower half as an i32, or as the float of these bits. */
export function push(code: Code, value: Value, type: ValueType): void {
  if (value.constant !== undefined) {
    pushConstant(code, value.constant, type);
    return;
  }
  if (value.type === type) {
    code.get(value.local);
    return;
  }
  const whole = isFloat(value.type) ? bitsOf(code, value) : value;
  code.get(whole.local);
  const isHalf = whole.type === TYPE.i32;
  const wantsHalf = type === TYPE.i32 || type === TYPE.f32;
  if (isHalf && !wantsHalf) code.op(OP.extendU);
  if (!isHalf && wantsHalf) code.op(OP.wrap);
  if (type === TYPE.f32) code.op(OP.f32OfBits);
  if (type === TYPE.f64) code.op(OP.f64OfBits);
}

/** A float goes by its bits, as an engine may choose others for a NaN. */
function pushConstant(code: Code, constant: bigint, type: ValueType): void {
  if (type === TYPE.i32 || type === TYPE.f32) code.i32(Number(BigInt.asIntN(32, constant)));
  else code.i64(constant);
  if (type === TYPE.f32) code.op(OP.f32OfBits);
  if (type === TYPE.f64) code.op(OP.f64OfBits);
}

/** A type in which both values are the same to the bit. */
export function commonType(first: Value, second: Value): ValueType {
  if (first.constant === undefined && second.constant === undefined) {
    return first.type === second.type ? first.type : TYPE.i64;
  }
  const known = first.constant === undefined ? first : second;
  const constant = (first.constant ?? second.constant) as bigint;
  switch (known.type) {
    case TYPE.f32:
      return constant === CANONICAL_NAN_32 ? TYPE.f32 : TYPE.i64;
    case TYPE.f64:
      return constant === CANONICAL_NAN_64 ? TYPE.f64 : TYPE.i64;
    case TYPE.i32:
      return constant >> 32n === 0n ? TYPE.i32 : TYPE.i64;
    default:
      return TYPE.i64;
  }
}
