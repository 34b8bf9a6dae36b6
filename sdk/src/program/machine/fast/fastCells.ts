import { PAGE_BYTES } from "../../module/memory.ts";
import { CHUNK_BYTES } from "../blake3/compress.ts";
import type { FlatModule } from "../flatten/flattenModule.ts";
import type { Cells } from "../step/cells.ts";
import { elementLeaf } from "../step/plainCells.ts";
import { ELEMENT, type Layout } from "./compile/layout.ts";

/** Cells in the memories of compiled code. */
export interface FastCells extends Cells {
  /** The stack's and the globals' slots. */
  readonly stack: BigUint64Array;
  readonly globals: BigUint64Array;
  /** What compiled code left behind. */
  readonly control: DataView;
  readonly memories: { stack: WebAssembly.Memory; program: WebAssembly.Memory };
  /** All that the program's memory has by now: at least what it should have. */
  memory(): Uint8Array;
  /** Has the memory so many pages at least. */
  reach(pages: number): void;
}

/** What the types of Node leave out. */
interface GrowingMemory extends WebAssembly.Memory {
  grow(pages: number): number;
}

export function fastCells(flat: FlatModule, layout: Layout): FastCells {
  const stackMemory = new WebAssembly.Memory({ initial: layout.pages, maximum: layout.pages });
  const { pages, maxPages } = flat.memory;
  const maximum = Math.max(pages, maxPages);
  const program = new WebAssembly.Memory({ initial: pages, maximum }) as GrowingMemory;
  const { buffer } = stackMemory;
  const stack = new BigUint64Array(buffer, layout.stack);
  const globals = new BigUint64Array(buffer, layout.globals, flat.globals.length);
  globals.set(flat.globals);
  writeElements(flat, new DataView(buffer, layout.elements));
  let view = new Uint8Array(program.buffer);
  const memory = () => {
    if (view.buffer !== program.buffer) view = new Uint8Array(program.buffer);
    return view;
  };
  for (const { offset, bytes } of flat.memory.segments) view.set(bytes, offset);
  return {
    ...{ stack, globals, memory, control: new DataView(buffer) },
    memories: { stack: stackMemory, program },
    reach(wanted) {
      const missing = wanted - program.buffer.byteLength / PAGE_BYTES;
      if (missing > 0) program.grow(missing);
    },
    slot: (index) => stack[index] as bigint,
    setSlot(index, value) {
      stack[index] = value;
    },
    global: (index) => globals[index] as bigint,
    setGlobal(index, value) {
      globals[index] = value;
    },
    bytes: (address, byteLength) => memory().subarray(address, address + byteLength),
    setBytes: (address, bytes) => memory().set(bytes, address),
    data: (address, byteLength) => flat.data.subarray(address, address + byteLength),
    element: (index) => elementLeaf(flat.table[index]),
    chunk(address) {
      const chunk = memory().subarray(address, address + CHUNK_BYTES);
      // Right behind the memory, where an empty result may lie, is nothing.
      return chunk.length === CHUNK_BYTES ? chunk : new Uint8Array(CHUNK_BYTES);
    },
    setChunk: (address, bytes) => memory().set(bytes, address),
  };
}

function writeElements({ table }: FlatModule, view: DataView): void {
  for (const [index, element] of table.entries()) {
    if (element === undefined) continue;
    const at = ELEMENT.bytes * index;
    view.setInt32(at + ELEMENT.type, element.type + 1, true);
    view.setInt32(at + ELEMENT.entry, element.entry, true);
  }
}
