import { MACHINE } from "../core/opcode.ts";

const COMPARISONS = ["eqz", "eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u"];
const INTEGER_COMPARISONS = [...COMPARISONS, "ge_s", "ge_u"];
const FLOAT_COMPARISONS = ["eq", "ne", "lt", "gt", "le", "ge"];
const INTEGER_ARITHMETIC = [
  ...["clz", "ctz", "popcnt", "add", "sub", "mul", "div_s", "div_u", "rem_s", "rem_u"],
  ...["and", "or", "xor", "shl", "shr_s", "shr_u", "rotl", "rotr"],
];
const FLOAT_ARITHMETIC = [
  ...["abs", "neg", "ceil", "floor", "trunc", "nearest", "sqrt"],
  ...["add", "sub", "mul", "div", "min", "max", "copysign"],
];
const of = (type: string, names: readonly string[]) => names.map((name) => `${type}.${name}`);

/** WebAssembly's names of the numeric instructions, from 0x45 on. */
const NUMERIC = [
  ...of("i32", INTEGER_COMPARISONS),
  ...of("i64", INTEGER_COMPARISONS),
  ...of("f32", FLOAT_COMPARISONS),
  ...of("f64", FLOAT_COMPARISONS),
  ...of("i32", INTEGER_ARITHMETIC),
  ...of("i64", INTEGER_ARITHMETIC),
  ...of("f32", FLOAT_ARITHMETIC),
  ...of("f64", FLOAT_ARITHMETIC),
  ...of("i32", ["wrap_i64", "trunc_f32_s", "trunc_f32_u", "trunc_f64_s", "trunc_f64_u"]),
  ...of("i64", ["extend_i32_s", "extend_i32_u"]),
  ...of("i64", ["trunc_f32_s", "trunc_f32_u", "trunc_f64_s", "trunc_f64_u"]),
  ...of("f32", ["convert_i32_s", "convert_i32_u", "convert_i64_s", "convert_i64_u", "demote_f64"]),
  ...of("f64", ["convert_i32_s", "convert_i32_u", "convert_i64_s", "convert_i64_u", "promote_f32"]),
  ...["i32.reinterpret_f32", "i64.reinterpret_f64", "f32.reinterpret_i32", "f64.reinterpret_i64"],
  ...of("i32", ["extend8_s", "extend16_s"]),
  ...of("i64", ["extend8_s", "extend16_s", "extend32_s"]),
];
const SATURATING = ["trunc_sat_f32_s", "trunc_sat_f32_u", "trunc_sat_f64_s", "trunc_sat_f64_u"];
const LOADS = [
  ...["i32.load", "i64.load", "f32.load", "f64.load"],
  ...of("i32", ["load8_s", "load8_u", "load16_s", "load16_u"]),
  ...of("i64", ["load8_s", "load8_u", "load16_s", "load16_u", "load32_s", "load32_u"]),
];
const STORES = [
  ...["i32.store", "i64.store", "f32.store", "f64.store"],
  ...["i32.store8", "i32.store16", "i64.store8", "i64.store16", "i64.store32"],
];

const names = new Map<number, string>([
  [MACHINE.unreachable, "unreachable"],
  [MACHINE.jump, "jump"],
  [MACHINE.jumpIf, "jump_if"],
  [MACHINE.jumpUnless, "jump_unless"],
  [MACHINE.jumpTable, "jump_table"],
  [MACHINE.call, "call"],
  [MACHINE.callIndirect, "call_indirect"],
  [MACHINE.return, "return"],
  [MACHINE.lift, "lift"],
  [MACHINE.returnMany, "return_many"],
  [MACHINE.move, "move"],
  [MACHINE.drop, "drop"],
  [MACHINE.select, "select"],
  [MACHINE.localGet, "local.get"],
  [MACHINE.localSet, "local.set"],
  [MACHINE.localTee, "local.tee"],
  [MACHINE.globalGet, "global.get"],
  [MACHINE.globalSet, "global.set"],
  [MACHINE.memorySize, "memory.size"],
  [MACHINE.memoryGrow, "memory.grow"],
  [MACHINE.const, "const"],
  [MACHINE.memoryInit, "memory.init"],
  [MACHINE.memoryCopy, "memory.copy"],
  [MACHINE.memoryFill, "memory.fill"],
]);
for (const [first, list] of [
  [MACHINE.firstLoad, LOADS],
  [MACHINE.firstStore, STORES],
  [MACHINE.firstNumeric, NUMERIC],
  [MACHINE.firstSaturating, [...of("i32", SATURATING), ...of("i64", SATURATING)]],
] as const) {
  for (const [index, name] of list.entries()) names.set(first + index, name);
}

/** What an instruction of the machine is called; `docs/machine.md` has the same names. */
export const nameOf = (opcode: number): string => names.get(opcode) ?? `0x${opcode.toString(16)}`;
