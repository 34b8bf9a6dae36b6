import { LEAF_BYTES, type SparseTree } from "../merkle/tree.ts";

/**
 * What an instruction reads and writes, a leaf at a time. A proof opens leaves in the order in which they are asked for: one that is
 * asked for again is opened again, unless no other of the same tree was asked for since.
 */
export interface Cells {
  slot(index: number): bigint;
  setSlot(index: number, value: bigint): void;
  global(index: number): bigint;
  setGlobal(index: number, value: bigint): void;
  /** Up to 32 bytes of the memory within one leaf: a view. */
  bytes(address: number, byteLength: number): Uint8Array;
  setBytes(address: number, bytes: Uint8Array): void;
  /** The same of the passive data segments. */
  data(address: number, byteLength: number): Uint8Array;
  /** An element's leaf. */
  element(index: number): Uint8Array;
  /** 1 KiB of the memory at a multiple of 1,024: a view. */
  chunk(address: number): Uint8Array;
  /** Writes the beginning of such a KiB, or all of it. */
  setChunk(address: number, bytes: Uint8Array): void;
}

/** Leaves of a KiB, and the level of the node over them. */
const CHUNK_LEAVES = 32;
const CHUNK_LEVEL = 5;

const SLOTS_A_LEAF = 4;
const SLOT_BYTES = 8;

/** One tree with one leaf open at a time, which is written back when another is opened. */
function cursor(tree: SparseTree, parts: Uint8Array[]) {
  let open: { index: number; leaf: Uint8Array } | undefined;
  let isChanged = false;
  const self = {
    leaf(index: number): Uint8Array {
      if (open?.index === index) return open.leaf;
      self.flush();
      const leaf = tree.leaf(index);
      parts.push(leaf, ...tree.path(index));
      open = { index, leaf: leaf.slice() };
      return open.leaf;
    },
    change(index: number, at: number, bytes: Uint8Array): void {
      self.leaf(index).set(bytes, at);
      isChanged = true;
    },
    flush(): void {
      if (open !== undefined && isChanged) tree.write(open.index, open.leaf);
      open = undefined;
      isChanged = false;
    },
  };
  return self;
}

export interface ProvingCells extends Cells {
  /** Writes back what is open. */
  flush(): void;
}

export interface CellTrees {
  stack: SparseTree;
  memory: SparseTree;
  globals: SparseTree;
  table: SparseTree;
  data: SparseTree;
}

/** Cells over trees. Every leaf that is asked for is added to `parts` with its siblings, as a proof has them. */
export function provingCells(trees: CellTrees, parts: Uint8Array[]): ProvingCells {
  const stack = cursor(trees.stack, parts);
  const globals = cursor(trees.globals, parts);
  const memory = cursor(trees.memory, parts);
  const table = cursor(trees.table, parts);
  const data = cursor(trees.data, parts);
  const word = new Uint8Array(SLOT_BYTES);
  const view = new DataView(word.buffer);

  const read = (leaf: Uint8Array, index: number) => {
    word.set(
      leaf.subarray(
        (index % SLOTS_A_LEAF) * SLOT_BYTES,
        (index % SLOTS_A_LEAF) * SLOT_BYTES + SLOT_BYTES,
      ),
    );
    return view.getBigUint64(0);
  };
  const leafOfSlot = (index: number) => Math.floor(index / SLOTS_A_LEAF);
  const write = (tree: typeof stack, index: number, value: bigint) => {
    view.setBigUint64(0, value);
    tree.change(leafOfSlot(index), (index % SLOTS_A_LEAF) * SLOT_BYTES, word);
  };
  const part = (tree: typeof stack, address: number, byteLength: number) => {
    const at = address % LEAF_BYTES;
    return tree.leaf(Math.floor(address / LEAF_BYTES)).subarray(at, at + byteLength);
  };
  return {
    slot: (index) => read(stack.leaf(leafOfSlot(index)), index),
    setSlot: (index, value) => write(stack, index, value),
    global: (index) => read(globals.leaf(leafOfSlot(index)), index),
    setGlobal: (index, value) => write(globals, index, value),
    bytes: (address, byteLength) => part(memory, address, byteLength),
    setBytes: (address, bytes) =>
      memory.change(Math.floor(address / LEAF_BYTES), address % LEAF_BYTES, bytes),
    data: (address, byteLength) => part(data, address, byteLength),
    element: (index) => table.leaf(index),
    chunk(address) {
      const bytes = readChunk(trees.memory, address);
      parts.push(bytes, ...trees.memory.path(address / (CHUNK_LEAVES * LEAF_BYTES), CHUNK_LEVEL));
      return bytes;
    },
    setChunk(address, bytes) {
      const before = readChunk(trees.memory, address);
      const place = address / before.length;
      if (bytes.length === before.length) {
        // All of it is written: what was there does not matter, but for its hash.
        parts.push(trees.memory.node(CHUNK_LEVEL, place), ...trees.memory.path(place, CHUNK_LEVEL));
      } else {
        // What is right of the leaf in which it ends is among that leaf's siblings.
        const edge = place * CHUNK_LEAVES + Math.floor(bytes.length / LEAF_BYTES);
        parts.push(trees.memory.leaf(edge).slice(), ...trees.memory.path(edge));
      }
      before.set(bytes);
      for (let i = 0; i < CHUNK_LEAVES; i++) {
        trees.memory.write(
          place * CHUNK_LEAVES + i,
          before.slice(i * LEAF_BYTES, (i + 1) * LEAF_BYTES),
        );
      }
    },
    flush() {
      for (const tree of [stack, globals, memory]) tree.flush();
    },
  };
}

/** Must be asked while no leaf of the memory is open. */
function readChunk(memory: SparseTree, address: number): Uint8Array {
  const bytes = new Uint8Array(CHUNK_LEAVES * LEAF_BYTES);
  for (let i = 0; i < CHUNK_LEAVES; i++) {
    bytes.set(memory.leaf(address / LEAF_BYTES + i), i * LEAF_BYTES);
  }
  return bytes;
}
