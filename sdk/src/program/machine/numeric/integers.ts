import { s32, s64, u32, u64 } from "./bits.ts";
import { type Operation, TRAP } from "./operation.ts";

type Signed = (value: bigint) => bigint;

const bit = (condition: boolean): bigint => (condition ? 1n : 0n);

/** The integer instructions of one width, from `eqz` on and from `clz` on, in the order of their opcodes. */
function integers(width: bigint, unsigned: Signed, signed: Signed) {
  const min = -(1n << (width - 1n));
  const shift = (by: bigint) => by % width;
  const comparisons: Operation[] = [
    (a) => bit(a === 0n),
    (a, b) => bit(a === b),
    (a, b) => bit(a !== b),
    (a, b) => bit(signed(a) < signed(b)),
    (a, b) => bit(a < b),
    (a, b) => bit(signed(a) > signed(b)),
    (a, b) => bit(a > b),
    (a, b) => bit(signed(a) <= signed(b)),
    (a, b) => bit(a <= b),
    (a, b) => bit(signed(a) >= signed(b)),
    (a, b) => bit(a >= b),
  ];
  const arithmetic: Operation[] = [
    (a) => width - BigInt(a === 0n ? 0 : a.toString(2).length),
    (a) => (a === 0n ? width : BigInt((a & -a).toString(2).length - 1)),
    (a) => BigInt(a.toString(2).replaceAll("0", "").length),
    (a, b) => unsigned(a + b),
    (a, b) => unsigned(a - b),
    (a, b) => unsigned(a * b),
    (a, b) => {
      if (b === 0n || (signed(a) === min && signed(b) === -1n)) return TRAP;
      return unsigned(signed(a) / signed(b));
    },
    (a, b) => (b === 0n ? TRAP : a / b),
    (a, b) => (b === 0n ? TRAP : unsigned(signed(a) % signed(b))),
    (a, b) => (b === 0n ? TRAP : a % b),
    (a, b) => a & b,
    (a, b) => a | b,
    (a, b) => a ^ b,
    (a, b) => unsigned(a << shift(b)),
    (a, b) => unsigned(signed(a) >> shift(b)),
    (a, b) => a >> shift(b),
    (a, b) => unsigned(a << shift(b)) | (a >> (width - shift(b))),
    (a, b) => (a >> shift(b)) | unsigned(a << (width - shift(b))),
  ];
  return { comparisons, arithmetic };
}

const i32 = integers(32n, u32, s32);
const i64 = integers(64n, u64, s64);

export const integerOperations: readonly (readonly [first: number, readonly Operation[]])[] = [
  [0x45, i32.comparisons],
  [0x50, i64.comparisons],
  [0x67, i32.arithmetic],
  [0x79, i64.arithmetic],
  [
    0xc0,
    [
      (a) => u32(BigInt.asIntN(8, a)),
      (a) => u32(BigInt.asIntN(16, a)),
      (a) => u64(BigInt.asIntN(8, a)),
      (a) => u64(BigInt.asIntN(16, a)),
      (a) => u64(BigInt.asIntN(32, a)),
    ],
  ],
];
