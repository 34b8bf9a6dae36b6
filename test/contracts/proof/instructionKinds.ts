/** Every kind of instruction, and operands that come to its edges. */
import { LEAF_BYTES } from "../../../sdk/src/program/machine/merkle/tree.ts";
import { isUnary, numericOperations } from "../../../sdk/src/program/machine/numeric/index.ts";
import type { Random } from "../../fixtures/random.ts";
import { isNarrow, operand } from "./operands.ts";

export const PAGE_BYTES = 65_536;
export const SLOTS = 65_536;
const SEGMENT_BYTES = [100, 0, 33, 32];
/** Where each data segment begins: at a leaf of its own. */
function basesOf(lengths: readonly number[]): number[] {
  let next = 0;
  return lengths.map((byteLength) => {
    const base = next;
    next += Math.ceil(byteLength / LEAF_BYTES) * LEAF_BYTES;
    return base;
  });
}

export const BASES = basesOf(SEGMENT_BYTES);
export const TABLE = [undefined, 0, 1, undefined, 2, 0, 1];
export const GLOBALS = 11;

/** An instruction, and how its operands are drawn, from the lowest to the top of the stack. */
export interface Kind {
  opcode: number;
  a?: number;
  b?: number | bigint;
  operands: (random: Random, pages: number) => bigint[];
}

export const pick = <Item>(random: Random, items: readonly Item[]) =>
  items[random.below(items.length)] as Item;
const i32 = (random: Random) => operand(random, true);
export const any = (random: Random) => operand(random, random.below(2) === 0);
const few = (random: Random) => BigInt(random.below(4));
const none = () => [];

/** Addresses near each other, near leaves' borders, and near the memory's end. */
function address(random: Random, pages: number): bigint {
  const end = pages * PAGE_BYTES;
  const near = pick(random, [0, 32, 64, 1_000, end, end, random.below(2 ** 32)]);
  return BigInt.asUintN(32, BigInt(near + random.below(80) - 40));
}

const length = (random: Random) =>
  BigInt(pick(random, [0, 1, 31, 32, 33, random.below(90), random.below(2 ** 32)]));

/** Bulk instructions: destination, source, length; mostly such as fit. */
function area(random: Random, pages: number): bigint[] {
  const to = address(random, pages);
  const from = pick(random, [address(random, pages), to, to + few(random), to - few(random)]);
  return [to, BigInt.asUintN(32, from), length(random)];
}

function numericKinds(): Kind[] {
  return [...numericOperations.keys()]
    .filter((opcode) => numericOperations[opcode] !== undefined)
    .map((opcode) => ({
      opcode,
      operands: (random) =>
        Array.from({ length: isUnary(opcode) ? 1 : 2 }, () => operand(random, isNarrow(opcode))),
    }));
}

const OFFSETS = [0, 1, 31, 65_536, 0xffff_ffff];
const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

const loads = range(0x28, 0x35).flatMap((opcode) =>
  OFFSETS.map((b): Kind => ({ opcode, b, operands: (random, pages) => [address(random, pages)] })),
);
const stores = range(0x36, 0x3e).flatMap((opcode) =>
  OFFSETS.map(
    (b): Kind => ({
      opcode,
      b,
      operands: (random, pages) => [
        address(random, pages),
        operand(random, [0x36, 0x38, 0x3a, 0x3b].includes(opcode)),
      ],
    }),
  ),
);

const control: Kind[] = [
  { opcode: 0x00, operands: none },
  { opcode: 0x0c, b: 77, operands: none },
  ...[0x0d, 0x0e].map((opcode) => ({
    opcode,
    b: 5,
    operands: (r: Random) => [pick(r, [0n, i32(r)])],
  })),
  ...[0, 1, 5].map((a) => ({
    opcode: 0x0f,
    a,
    operands: (r: Random) => [pick(r, [few(r), i32(r)])],
  })),
  ...[0, 1, 7].map((a) => ({ opcode: 0x10, a, b: 9, operands: none })),
  // Tables of 4, 3 and no elements, and each type.
  ...[
    [4, 0],
    [3, 4],
    [0, 7],
  ].flatMap(([a = 0, base = 0]) =>
    [0, 1, 2].map((type) => ({
      ...{ opcode: 0x11, a, b: (BigInt(base) << 32n) | BigInt(type) },
      operands: (r: Random) => [pick(r, [few(r), BigInt(a), i32(r)])],
    })),
  ),
  ...[0, 1].flatMap((a) =>
    [0, 1, 3].map((b) => ({ opcode: 0x12, a, b, operands: (r: Random) => [any(r)] })),
  ),
  ...[0, 2].map((b) => ({ opcode: 0x13, b, operands: none })),
  ...[2, 3].map((a) => ({ opcode: 0x14, a, operands: none })),
  ...[
    [2, 1],
    [5, 1],
    [9, 4],
    [1, 1],
  ].map(([a = 0, b = 0]) => ({ opcode: 0x15, a, b, operands: (r: Random) => [any(r), any(r)] })),
  ...[1, 2, 6].map((a) => ({ opcode: 0x1a, a, operands: none })),
  { opcode: 0x1b, operands: (r) => [any(r), any(r), pick(r, [0n, i32(r)])] },
];

const variables: Kind[] = [
  ...[0, 1, 2, 5].flatMap((a) =>
    [0x20, 0x21, 0x22].map((opcode) => ({ opcode, a, operands: (r: Random) => [any(r)] })),
  ),
  ...[0, 2, 3, 4, GLOBALS - 1].flatMap((a) =>
    [0x23, 0x24].map((opcode) => ({ opcode, a, operands: (r: Random) => [any(r)] })),
  ),
  { opcode: 0x3f, operands: none },
  ...[1, 2, 65_536].map((a) => ({
    ...{ opcode: 0x40, a },
    operands: (r: Random) => [pick(r, [few(r), i32(r), 65_535n, 65_536n])],
  })),
  ...[0n, 1n, 2n ** 64n - 1n, 0x7ff0_0000_0000_0001n].map((b) => ({
    opcode: 0x41,
    b,
    operands: none,
  })),
];

function inSegment(random: Random, pages: number, byteLength: number): bigint[] {
  const from = pick(random, [0, byteLength, random.below(byteLength + 1), random.below(40)]);
  const count = pick(random, [0, byteLength - from, 1, random.below(40)]);
  const to = address(random, pages);
  return [to, BigInt(from), BigInt(Math.max(0, count))];
}

const bulk: Kind[] = [
  ...SEGMENT_BYTES.map((a, index) => ({
    ...{ opcode: 0xd8, a, b: BASES[index] ?? 0 },
    operands: (r: Random, pages: number) => inSegment(r, pages, a),
  })),
  { opcode: 0xda, operands: area },
  { opcode: 0xdb, operands: area },
];

/** Every kind of instruction, some with several immediates. */
export const kinds: readonly Kind[] = [
  ...control,
  ...variables,
  ...loads,
  ...stores,
  ...numericKinds(),
  ...bulk,
];
