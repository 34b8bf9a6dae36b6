/** Instructions with random operands, in states made up for them. */
import { codeWriter } from "../../../sdk/src/program/machine/flatten/codeWriter.ts";
import type { FlatModule } from "../../../sdk/src/program/machine/flatten/flattenModule.ts";
import {
  MEMORY_DEPTH,
  machineOfModule,
  STACK_DEPTH,
} from "../../../sdk/src/program/machine/image/machine.ts";
import { type Header, type Machine, PHASE } from "../../../sdk/src/program/machine/index.ts";
import {
  LEAF_BYTES,
  type SparseTree,
  sparseTree,
} from "../../../sdk/src/program/machine/merkle/tree.ts";
import { type CellTrees, provingCells } from "../../../sdk/src/program/machine/step/cells.ts";
import { execute, type Instruction } from "../../../sdk/src/program/machine/step/instructions.ts";
import type { Random } from "../../fixtures/random.ts";
import {
  any,
  BASES,
  GLOBALS,
  type Kind,
  kinds,
  PAGE_BYTES,
  pick,
  SLOTS,
  TABLE,
} from "./instructionKinds.ts";
import { type Asked, hashOfState } from "./onChain.ts";

const NONE = 0xffff_ffff;

/** What a machine is filled up to, so that its paths are as long as they can be. */
export interface Size {
  instructions: number;
  dataBytes: number;
  tableElements: number;
}

/** Of the largest program that is admitted. */
export const LARGEST: Size = {
  instructions: 1 << 22,
  dataBytes: 16 << 20,
  tableElements: 65_536,
};

const JUMP = 0x0c;

/**
 * A machine whose code is one instruction of each kind.
 * @param start - the place of its start function.
 * @param size - more that is in it, and never used.
 */
export function machineOfKinds(random: Random, start?: number, size?: Size): Machine {
  const out = codeWriter();
  for (const { opcode, a = 0, b = 0n } of kinds) out.emit(opcode, a, b);
  for (let i = kinds.length; i < (size?.instructions ?? 0); i++) out.emit(JUMP, 0, 0n);
  const last = BASES.at(-1) as number;
  const data = new Uint8Array(Math.max(last + LEAF_BYTES, size?.dataBytes ?? 0));
  data.set(random.bytes(last + LEAF_BYTES));
  const types = [
    ...TABLE,
    ...Array<undefined>(Math.max(0, (size?.tableElements ?? 0) - TABLE.length)),
  ];
  const flat: FlatModule = {
    ...{ code: out.view(), entries: [7, 9], start },
    table: types.map((type) =>
      type === undefined ? undefined : { type, parameters: type + 1, entry: 1_000 + type },
    ),
    globals: Array.from({ length: GLOBALS }, () => any(random)),
    ...{ globalPlaces: [], globalTypes: [] },
    memory: { pages: 1, maxPages: 65_536, segments: [] },
    data,
    ...{ arity: 1, longestFunction: 1, types: [], functions: [] },
    exports: new Map(["alloc", "run"].map((name, index) => [name, { kind: 0, index }])),
  };
  return machineOfModule(flat);
}

export interface Scene {
  name: string;
  opcode: number;
  asked: Asked;
  /** The state that follows. */
  after: string;
  /** What of it is shown by siblings from before its own writes, if that is something else. */
  stale(): Uint8Array;
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
  const stale = () => {
    const frozen = Object.fromEntries(
      Object.entries(build()).map(([tree, one]) => [tree, { ...one, write() {} }]),
    ) as unknown as CellTrees;
    return carriedOut(frozen, { ...header }, { machine, instruction }).witness;
  };
  const name = `0x${kind.opcode.toString(16)} ${kind.a ?? 0} ${kind.b ?? 0} of ${operands.map((one) => `0x${one.toString(16)}`)}, ${pages} pages, sp ${sp}, fp ${fp}`;
  const asked = { header, roots: rootsOf(trees), own: new Uint8Array(32), witness: taken.witness };
  return { name, opcode: kind.opcode, asked, after: taken.after, stale };
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
  const witness = Uint8Array.from(Buffer.concat(parts));
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
  const link = returnsToHost
    ? BigInt(NONE) << 32n
    : (BigInt(seed % 5_000) << 32n) | BigInt(seed % 1_000);
  if (kind.opcode === 0x12) setSlot(stack, fp + Number(kind.b), link);
  if (kind.opcode === 0x14) setSlot(stack, sp, link);
  for (const [index, value] of operands.entries())
    setSlot(stack, sp - operands.length + index, value);
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
