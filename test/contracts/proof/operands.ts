/** Operands of numeric instructions, mostly such as meet each other. */
import type { Random } from "../../fixtures/random.ts";

/** Whether the operands of an instruction have 32 bits. */
export function isNarrow(opcode: number): boolean {
  const ranges = [
    ...[
      [0x45, 0x4f],
      [0x5b, 0x60],
      [0x67, 0x78],
      [0x8b, 0x98],
      [0xa8, 0xa9],
      [0xac, 0xaf],
    ],
    ...[
      [0xb2, 0xb3],
      [0xb7, 0xb8],
      [0xbb, 0xbc],
      [0xbe, 0xbe],
      [0xc0, 0xc1],
      [0xd0, 0xd1],
    ],
    [0xd4, 0xd5],
  ] as const;
  return ranges.some(([first = 0, last = 0]) => opcode >= first && opcode <= last);
}

const EDGES_32 = [
  ...[0n, 1n, 2n, 31n, 32n, 0x7fff_ffffn, 0x8000_0000n, 0xffff_ffffn, 0x80n, 0x8000n],
  // Zeros, ones, halves, least and greatest, subnormal ones, infinities, NaNs; integers' bounds as floats.
  ...[0x3f80_0000n, 0xbf80_0000n, 0x3f00_0000n, 0x3f00_0001n, 0x4020_0000n, 0x0080_0000n],
  ...[0x007f_ffffn, 0x7f7f_ffffn, 0x7f80_0000n, 0xff80_0000n, 0x7fc0_0000n, 0xffc0_0001n],
  ...[0x4f00_0000n, 0xcf00_0000n, 0x4f80_0000n, 0x5f00_0000n, 0x5f80_0000n, 0x4eff_ffffn],
];
const EDGES_64 = [
  ...[0n, 1n, 2n, 63n, 64n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n, 0x80n, 0x8000_0000n],
  ...[0x3ff0_0000_0000_0000n, 0xbff0_0000_0000_0000n, 0x3fe0_0000_0000_0000n],
  ...[0x3fe0_0000_0000_0001n, 0x4004_0000_0000_0000n, 0x0010_0000_0000_0000n],
  ...[0x000f_ffff_ffff_ffffn, 0x7fef_ffff_ffff_ffffn, 0x7ff0_0000_0000_0000n],
  ...[0xfff0_0000_0000_0000n, 0x7ff8_0000_0000_0000n, 0xfff8_0000_0000_0001n],
  ...[0x41e0_0000_0000_0000n, 0x41df_ffff_ffc0_0000n, 0xc1e0_0000_0020_0000n],
  ...[0x41f0_0000_0000_0000n, 0x43e0_0000_0000_0000n, 0x43f0_0000_0000_0000n],
  // Halfway between two f32, and right beside it.
  ...[0x3ff0_0000_1000_0000n, 0x3ff0_0000_1000_0001n, 0x3ff0_0000_3000_0000n],
  ...[0x36a0_0000_0000_0000n, 0x369f_ffff_ffff_ffffn, 0x47ef_ffff_f000_0000n],
];

/** Integers of any size, floats of any exponent: mostly such as meet each other. */
export function operand(random: Random, isNarrowOne: boolean): bigint {
  const width = isNarrowOne ? 32 : 64;
  const edges = isNarrowOne ? EDGES_32 : EDGES_64;
  const bits = random.bytes(8).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  switch (random.below(4)) {
    case 0:
      return edges[random.below(edges.length)] as bigint;
    case 1:
      return BigInt.asUintN(width, bits >> BigInt(random.below(64)));
    case 2: {
      // A float near one, of either sign, with few digits or many.
      const [digits, bias] = isNarrowOne ? [23n, 127n] : [52n, 1_023n];
      const exponent = bias + BigInt(random.below(64) - 32);
      const fraction = BigInt.asUintN(Number(digits), bits) >> BigInt(random.below(Number(digits)));
      return (BigInt(random.below(2)) << BigInt(width - 1)) | (exponent << digits) | fraction;
    }
    default:
      return BigInt.asUintN(width, bits);
  }
}
