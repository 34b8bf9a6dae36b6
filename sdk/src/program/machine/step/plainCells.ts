import { PAGE_BYTES } from "../../module/memory.ts";
import { CHUNK_BYTES } from "../blake3/compress.ts";
import type { FlatModule, TableElement } from "../flatten/flattenModule.ts";
import { LEAF_BYTES } from "../merkle/tree.ts";
import type { Cells } from "./cells.ts";

/** Slots of the stack. */
export const STACK_SLOTS = 131_072;

/** Cells without trees: a task that is carried out for its end alone. */
export interface PlainCells extends Cells {
  readonly stack: BigUint64Array;
  readonly globals: BigUint64Array;
  memory: Uint8Array;
}

export function plainCells(flat: FlatModule): PlainCells {
  const stack = new BigUint64Array(STACK_SLOTS);
  const globals = BigUint64Array.from(flat.globals);
  let memory = initialMemory(flat);
  const reach = (end: number) => {
    if (end <= memory.length) return;
    const larger = new Uint8Array(Math.ceil(end / PAGE_BYTES) * PAGE_BYTES);
    larger.set(memory);
    memory = larger;
  };
  return {
    stack,
    globals,
    get memory() {
      return memory;
    },
    slot: (index) => stack[index] as bigint,
    setSlot(index, value) {
      stack[index] = value;
    },
    global: (index) => globals[index] as bigint,
    setGlobal(index, value) {
      globals[index] = value;
    },
    bytes(address, byteLength) {
      reach(address + byteLength);
      return memory.subarray(address, address + byteLength);
    },
    setBytes(address, bytes) {
      reach(address + bytes.length);
      memory.set(bytes, address);
    },
    data: (address, byteLength) => flat.data.subarray(address, address + byteLength),
    element: (index) => elementLeaf(flat.table[index]),
    chunk(address) {
      reach(address + CHUNK_BYTES);
      return memory.subarray(address, address + CHUNK_BYTES);
    },
    setChunk(address, bytes) {
      reach(address + bytes.length);
      memory.set(bytes, address);
    },
  };
}

/** The memory before anything runs. */
export function initialMemory({ memory: { pages, segments } }: FlatModule): Uint8Array {
  const memory = new Uint8Array(pages * PAGE_BYTES);
  for (const { offset, bytes } of segments) memory.set(bytes, offset);
  return memory;
}

/** The leaf of a table's element; zero for null. */
export function elementLeaf(element: TableElement | undefined): Uint8Array {
  const leaf = new Uint8Array(LEAF_BYTES);
  if (element === undefined) return leaf;
  const view = new DataView(leaf.buffer);
  view.setUint8(15, 1);
  view.setUint32(16, element.type);
  view.setUint32(20, element.parameters);
  view.setBigUint64(24, BigInt(element.entry));
  return leaf;
}
