import { type Hex, numberToBytes } from "viem";
import { bytesToHex } from "../../../protocol/hashes/hex.ts";
import { keccakInto, keccakOfText } from "../../../protocol/hashes/keccak.ts";
import { instrumentProgram } from "../../instrument/instrumentProgram.ts";
import { NONE } from "../core/opcode.ts";
import { entryOf, type FlatModule, flattenModule } from "../flatten/flattenModule.ts";
import {
  denseTree,
  depthOf,
  LEAF_BYTES,
  type SparseTree,
  sparseTree,
  type Tree,
  treeOver,
} from "../merkle/tree.ts";
import { elementLeaf } from "../step/plainCells.ts";

export const STACK_DEPTH = 14;
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
  code: Tree;
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
 * @throws {@link InvalidProgramError} when no node would run the program, or it is too large for a machine.
 */
export function machineOf(wasm: Uint8Array): Machine {
  return machineOfModule(flattenModule(instrumentProgram(wasm)));
}

export function machineOfModule(flat: FlatModule): Machine {
  const entries = {
    start: flat.start ?? NONE,
    alloc: entryOf(flat, "alloc"),
    run: entryOf(flat, "run"),
  };
  const code = denseTree(flat.code);
  const table = tableTree(flat);
  const data = treeOver(flat.data);
  const globals = globalsTree(flat);
  const stepsPerFuel = STEPS_A_FUEL + flat.arity;
  const slack = BigInt(MAX_FRAMES) * BigInt(flat.longestFunction);
  const packed =
    (BigInt(entries.start) << 64n) | (BigInt(entries.alloc) << 32n) | BigInt(entries.run);
  const words = [
    ...[code.root(), word(code.depth)],
    memoryTree(flat).root(),
    ...[globals.root(), word(globals.depth)],
    ...[table.root(), word(table.depth)],
    ...[data.root(), word(data.depth)],
    ...[word(packed), word(flat.memory.pages), word(stepsPerFuel), word(slack)],
  ];
  return {
    ...{ flat, words, code, table, data, entries, stepsPerFuel, slack },
    root: rootOf(words),
    initialMemory: () => memoryTree(flat),
    initialGlobals: () => globalsTree(flat),
  };
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
function memoryTree({ memory: { segments } }: FlatModule): SparseTree {
  const tree = sparseTree(MEMORY_DEPTH);
  for (const { offset, bytes } of segments) {
    for (let at = 0; at < bytes.length; ) {
      const place = (offset + at) % LEAF_BYTES;
      const part = bytes.subarray(at, at + LEAF_BYTES - place);
      const index = Math.floor((offset + at) / LEAF_BYTES);
      const leaf = tree.leaf(index).slice();
      leaf.set(part, place);
      tree.write(index, leaf);
      at += part.length;
    }
  }
  return tree;
}
