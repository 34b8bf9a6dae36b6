/** Instructions of every kind with random operands, in states made up for them. */
import { concatBytes } from "@noble/hashes/utils.js";
import { codeWriter } from "../../../sdk/src/program/machine/flatten/codeWriter.ts";
import type { FlatModule } from "../../../sdk/src/program/machine/flatten/flattenModule.ts";
import {
  MEMORY_DEPTH,
  machineOfModule,
  STACK_DEPTH,
} from "../../../sdk/src/program/machine/image/machine.ts";
import { type Header, type Machine, PHASE } from "../../../sdk/src/program/machine/index.ts";
import { LEAF_BYTES, type SparseTree, sparseTree } from "../../../sdk/src/program/machine/merkle/tree.ts";
import { isUnary, numericOperations } from "../../../sdk/src/program/machine/numeric/index.ts";
import { type CellTrees, provingCells } from "../../../sdk/src/program/machine/step/cells.ts";
import { type Instruction, execute } from "../../../sdk/src/program/machine/step/instructions.ts";
import type { Random } from "../../fixtures/random.ts";
import { hashOfState, type Asked } from "./onChain.ts";
import { isNarrow, operand } from "./operands.ts";

const PAGE_BYTES = 65_536;
const SLOTS = 65_536;
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

const BASES = basesOf(SEGMENT_BYTES);
const TABLE = [undefined, 0, 1, undefined, 2, 0, 1];
const GLOBALS = 11;
const NONE = 0xffff_ffff;

/** An instruction, and how its operands are drawn, from the lowest to the top of the stack. */
interface Kind {
  opcode: number;
  a?: number;
  b?: number | bigint;
  operands: (random: Random, pages: number) => bigint[];
}

const pick = <Item>(random: Random, items: readonly Item[]) =>
  items[random.below(items.length)] as Item;
const i32 = (random: Random) => operand(random, true);
const any = (random: Random) => operand(random, random.below(2) === 0);
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
  ...[0x0d, 0x0e].map((opcode) => ({ opcode, b: 5, operands: (r: Random) => [pick(r, [0n, i32(r)])] })),
  ...[0, 1, 5].map((a) => ({ opcode: 0x0f, a, operands: (r: Random) => [pick(r, [few(r), i32(r)])] })),
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
  ...[0, 1].flatMap((a) => [0, 1, 3].map((b) => ({ opcode: 0x12, a, b, operands: (r: Random) => [any(r)] }))),
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
  ...[0n, 1n, 2n ** 64n - 1n, 0x7ff0_0000_0000_0001n].map((b) => ({ opcode: 0x41, b, operands: none })),
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
export const kinds: readonly Kind[] = [...control, ...variables, ...loads, ...stores, ...numericKinds(), ...bulk];

/** A machine whose code is one instruction of each kind. @param start - the place of its start function. */
export function machineOfKinds(random: Random, start?: number): Machine {
  const out = codeWriter();
  for (const { opcode, a = 0, b = 0n } of kinds) out.emit(opcode, a, b);
  const last = BASES.at(-1) as number;
  const flat: FlatModule = {
    ...{ code: out.view(), entries: [7, 9], start },
    table: TABLE.map((type) => type === undefined ? undefined : { type, parameters: type + 1, entry: 1_000 + type }),
    globals: Array.from({ length: GLOBALS }, () => any(random)),
    ...{ globalPlaces: [], globalTypes: [] },
    memory: { pages: 1, maxPages: 65_536, segments: [] },
    data: random.bytes(last + LEAF_BYTES),
    ...{ arity: 1, longestFunction: 1, types: [], functions: [] },
    exports: new Map(["alloc", "run"].map((name, index) => [name, { kind: 0, index }])),
  };
  return machineOfModule(flat);
}

export interface Scene {
  name: string;
  asked: Asked;
  /** The state that follows. */
  after: string;
  /** What of it is shown by siblings from before its own writes, if that is something else. */
  stale: Uint8Array;
}

/** A state in which the instruction of this kind is next. */
export function sceneOf(random: Random, machine: Machine, index: number): Scene {
  const kind = kinds[index] as Kind;
  const pages = pick(random, [1, 2, 3, 65_536, 65_535, 0]);
  const operands = kind.operands(random, pages);
  // The frame below has its parameters, its link and some locals.
  const fp = pick(random, [0, 1, 2, 3, random.below(SLOTS - 40), SLOTS - 30]);
  const sp = Math.min(SLOTS - 1, fp + 10 + random.below(18));
  const header: Header = {
    phase: pick(random, [PHASE.start, PHASE.alloc, PHASE.run]),
    ...{ pc: index, sp, fp, pages, address: 0, length: 0, progress: 0 },
  };
  const seed = random.below(2 ** 32);
  const build = () => treesOf({ machine, header, operands, kind, seed });
  const instruction: Instruction = { opcode: kind.opcode, a: kind.a ?? 0, b: BigInt(kind.b ?? 0) };
  const taken = carriedOut(build(), { ...header }, { machine, instruction });
  const trees = build();
  const frozen = Object.fromEntries(
    Object.entries(trees).map(([name, tree]) => [name, { ...tree, write() {} }]),
  ) as unknown as CellTrees;
  const { witness: stale } = carriedOut(frozen, { ...header }, { machine, instruction });
  const name = `0x${kind.opcode.toString(16)} ${kind.a ?? 0} ${kind.b ?? 0} of ${operands.map((one) => `0x${one.toString(16)}`)}, ${pages} pages, sp ${sp}, fp ${fp}`;
  const asked = { header, roots: rootsOf(trees), own: new Uint8Array(32), witness: taken.witness };
  return { name, asked, after: taken.after, stale };
}

const rootsOf = (trees: CellTrees) => ({
  stack: trees.stack.root(),
  memory: trees.memory.root(),
  globals: trees.globals.root(),
});

function carriedOut(
  trees: CellTrees,
  header: Header,
  { machine, instruction }: { machine: Machine; instruction: Instruction },
): { witness: Uint8Array; after: string } {
  const leaf = Math.floor(header.pc / 2);
  const parts = [machine.code.leaf(leaf), ...machine.code.path(leaf)];
  const cells = provingCells(trees, parts);
  execute(header, cells, instruction);
  cells.flush();
  const own = new Uint8Array(32);
  const witness = concatBytes(...parts);
  return { witness, after: hashOfState({ header, roots: rootsOf(trees), own, witness }) };
}

/** The same trees each time: what is on the stack around the frame, in the memory where the operands point. */
function treesOf({
  machine,
  header: { sp, fp, pages },
  operands,
  kind,
  seed,
}: {
  machine: Machine;
  header: Header;
  operands: readonly bigint[];
  kind: Kind;
  seed: number;
}): CellTrees {
  const filler = fillerOf(seed);
  const stack = sparseTree(STACK_DEPTH);
  for (const place of [fp, fp + 4, sp - 8, sp - 4, sp]) {
    if (place >= 0 && place < SLOTS) stack.write(place >> 2, filler());
  }
  // Links: of the frame, whatever slot the instruction looks for it in.
  const returnsToHost = seed % 3 === 0;
  const link = returnsToHost ? BigInt(NONE) << 32n : (BigInt(seed % 5_000) << 32n) | BigInt(seed % 1_000);
  if (kind.opcode === 0x12) setSlot(stack, fp + Number(kind.b), link);
  if (kind.opcode === 0x14) setSlot(stack, sp, link);
  for (const [index, value] of operands.entries()) setSlot(stack, sp - operands.length + index, value);
  const memory = sparseTree(MEMORY_DEPTH);
  for (const value of operands) {
    for (const offset of [0n, BigInt(kind.b ?? 0), operands.at(-1) ?? 0n]) {
      const near = Number(value + offset);
      for (const at of [near - LEAF_BYTES, near, near + LEAF_BYTES]) {
        if (at >= 0 && at < pages * PAGE_BYTES) memory.write(Math.floor(at / LEAF_BYTES), filler());
      }
    }
  }
  const { table, data } = machine;
  return { stack, memory, globals: machine.initialGlobals(), table, data };
}

function setSlot(tree: SparseTree, index: number, value: bigint): void {
  const leaf = tree.leaf(index >> 2).slice();
  new DataView(leaf.buffer).setBigUint64(8 * (index & 3), value);
  tree.write(index >> 2, leaf);
}

/** Leaves that follow from a seed. */
function fillerOf(seed: number): () => Uint8Array {
  let state = seed;
  return () =>
    Uint8Array.from({ length: LEAF_BYTES }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state >>> 16;
    });
}
