import { type Hex, numberToBytes } from "viem";
import type { AbortOptions } from "../../../concurrency/abortOptions.ts";
import { bytesToHex } from "../../../protocol/hashes/hex.ts";
import { keccakInto, keccakOfText } from "../../../protocol/hashes/keccak.ts";
import { instrumentProgram } from "../../instrument/instrumentProgram.ts";
import { NONE } from "../core/opcode.ts";
import { entryOf, type FlatModule, flattenModule } from "../flatten/flattenModule.ts";
import { type FixedTree, flatTree } from "../merkle/flatTree.ts";
import { type Leaves, leavesOver, rootOfLeaves } from "../merkle/rootOfLeaves.ts";
import { depthOf, LEAF_BYTES, type SparseTree, sparseTree, treeOver } from "../merkle/tree.ts";
import { elementLeaf } from "../step/plainCells.ts";

/**
 * Of the 65,536 slots that the depth allows, and of what a function writes before its depth is looked at: its link and its locals, of which
 * there are at most 51,000.
 */
export const STACK_DEPTH = 15;
export const MEMORY_DEPTH = 27;
/** Slots of a leaf. */
export const SLOTS_A_LEAF = LEAF_BYTES / 8;

/**
 * Steps that an instruction takes beside those that its fuel pays for: charges, checks of the depth, canonical NaNs, frames. `docs/machine.md`
 * counts them.
 */
const STEPS_A_FUEL = 32;
/** Most frames at a time: each takes at least 17 of 65,536 slots. */
const MAX_FRAMES = 4_096;

/** What the words of the machine root say. Trees stand by their roots. */
export interface Machine {
  flat: FlatModule;
  root: Hex;
  /** The words whose hash is the root, behind the one that names the version. */
  words: readonly Uint8Array[];
  code: FixedTree;
  table: SparseTree;
  data: SparseTree;
  entries: { start: number; alloc: number; run: number };
  /** Steps of an execution ≤ stepsPerFuel · fuel + slack. */
  stepsPerFuel: number;
  slack: bigint;
  /** Trees of a task before its first step; they are copied for each. */
  initialMemory(): SparseTree;
  initialGlobals(): SparseTree;
}

const VERSION = keccakOfText("AssayMachine 1");

/**
 * The machine of a program: what a fraud proof replays.
 *
 * @throws {@link InvalidProgramError} when no node would run the program, or its machine would be too large.
 */
export function machineOf(wasm: Uint8Array): Machine {
  return machineOfInstrumented(instrumentProgram(wasm));
}

/** The same for a program that is instrumented already. */
export function machineOfInstrumented(instrumented: Uint8Array): Machine {
  return machineOfModule(flattenModule(instrumented));
}

/**
 * The root of a program's machine alone, which takes a fraction of the machine's memory. The event loop gets its turns.
 * @param instrumented - the program, instrumented.
 *
 * @throws {@link InvalidProgramError} when its machine would be too large.
 */
export async function machineRootOf(
  instrumented: Uint8Array,
  { signal }: AbortOptions = {},
): Promise<Hex> {
  const flat = flattenModule(instrumented);
  const over = async (bytes: Uint8Array) => {
    const depth = depthOf(bytes.length / LEAF_BYTES);
    return { depth, root: await rootOfLeaves(leavesOver(bytes), depth, signal) };
  };
  const code = await over(flat.code);
  const memory = await rootOfLeaves(memoryLeaves(flat), MEMORY_DEPTH, signal);
  const data = await over(flat.data);
  const [globals, table] = [globalsTree(flat), tableTree(flat)];
  return rootOf(
    wordsOf(flat, {
      ...{ code, memory, data },
      globals: { root: globals.root(), depth: globals.depth },
      table: { root: table.root(), depth: table.depth },
    }),
  );
}

export function machineOfModule(flat: FlatModule): Machine {
  const code = flatTree(flat.code);
  const table = tableTree(flat);
  const data = treeOver(flat.data);
  const globals = globalsTree(flat);
  const named = ({ root, depth }: FixedTree) => ({ root: root(), depth });
  const words = wordsOf(flat, {
    ...{ code: named(code), memory: memoryTree(flat).root(), globals: named(globals) },
    ...{ table: named(table), data: named(data) },
  });
  return {
    ...{ flat, words, code, table, data, ...stepBoundOf(flat) },
    entries: entriesOf(flat),
    root: rootOf(words),
    initialMemory: () => memoryTree(flat),
    initialGlobals: () => globalsTree(flat),
  };
}

const entriesOf = (flat: FlatModule): Machine["entries"] => ({
  start: flat.start ?? NONE,
  alloc: entryOf(flat, "alloc"),
  run: entryOf(flat, "run"),
});

/** Steps of the program ≤ stepsPerFuel · fuel + slack. `docs/machine.md` says why. */
export function stepBoundOf({ arity, longestFunction }: FlatModule): {
  stepsPerFuel: number;
  slack: bigint;
} {
  return {
    stepsPerFuel: STEPS_A_FUEL + arity,
    slack: BigInt(MAX_FRAMES) * BigInt(longestFunction),
  };
}

type NamedTree = Pick<SparseTree, "depth"> & { root: Uint8Array };

function wordsOf(
  flat: FlatModule,
  {
    code,
    memory,
    globals,
    table,
    data,
  }: Record<"code" | "globals" | "table" | "data", NamedTree> & { memory: Uint8Array },
): Uint8Array[] {
  const { start, alloc, run } = entriesOf(flat);
  const { stepsPerFuel, slack } = stepBoundOf(flat);
  const packed = (BigInt(start) << 64n) | (BigInt(alloc) << 32n) | BigInt(run);
  return [
    ...[code.root, word(code.depth)],
    memory,
    ...[globals.root, word(globals.depth)],
    ...[table.root, word(table.depth)],
    ...[data.root, word(data.depth)],
    ...[word(packed), word(flat.memory.pages), word(stepsPerFuel), word(slack)],
  ];
}

function rootOf(words: readonly Uint8Array[]): Hex {
  const all = new Uint8Array((words.length + 1) * LEAF_BYTES);
  for (const [index, one] of [VERSION, ...words].entries()) all.set(one, index * LEAF_BYTES);
  const hash = new Uint8Array(LEAF_BYTES);
  keccakInto(all, hash);
  return bytesToHex(hash);
}

/** A number as a word of the chain. */
const word = (value: number | bigint) => numberToBytes(value, { size: LEAF_BYTES });

/** A tree over slots of 8 bytes. */
function slotsTree(slots: readonly bigint[], depth: number): SparseTree {
  const bytes = new Uint8Array(slots.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of slots.entries()) view.setBigUint64(8 * index, value);
  return treeOver(bytes, depth);
}

function globalsTree({ globals }: FlatModule): SparseTree {
  return slotsTree(globals, depthOf(Math.ceil(globals.length / SLOTS_A_LEAF)));
}

function tableTree({ table }: FlatModule): SparseTree {
  const tree = sparseTree(depthOf(table.length));
  for (const [index, element] of table.entries()) {
    if (element !== undefined) tree.write(index, elementLeaf(element));
  }
  return tree;
}

/** The initial memory, of which only what is not zero is looked at. */
function memoryTree(flat: FlatModule): SparseTree {
  const tree = sparseTree(MEMORY_DEPTH);
  const { places, bytes } = memoryLeaves(flat);
  for (const [at, place] of places.entries()) {
    tree.write(place, bytes.subarray(at * LEAF_BYTES, (at + 1) * LEAF_BYTES));
  }
  return tree;
}

/** The leaves of the initial memory that its segments touch. */
function memoryLeaves({ memory: { segments } }: FlatModule): Leaves {
  const touched = new Set<number>();
  for (const { offset, bytes } of segments) {
    const end = Math.ceil((offset + bytes.length) / LEAF_BYTES);
    for (let place = Math.floor(offset / LEAF_BYTES); place < end; place++) touched.add(place);
  }
  const places = Uint32Array.from(touched).sort();
  const at = new Map(Array.from(places, (place, index) => [place, index]));
  const all = new Uint8Array(places.length * LEAF_BYTES);
  for (const { offset, bytes } of segments) {
    // The leaves of a segment stand one after the other.
    const first = at.get(Math.floor(offset / LEAF_BYTES)) ?? 0;
    if (bytes.length > 0) all.set(bytes, first * LEAF_BYTES + (offset % LEAF_BYTES));
  }
  return { places, bytes: all };
}
