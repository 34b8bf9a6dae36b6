import { CHUNK_BYTES } from "../blake3/compress.ts";
import { MEMORY_DEPTH, STACK_DEPTH } from "../image/machine.ts";
import { LEAF_BYTES } from "../merkle/tree.ts";
import type { Cells } from "../step/cells.ts";

/** One thing that a step reads or writes. */
export interface Touched {
  tree: "stack" | "globals" | "memory" | "data" | "table";
  /** The slot, the address or the element. */
  at: number;
  value: bigint;
}

export interface Depths {
  globals: number;
  table: number;
  data: number;
}

/** Reads a proof's parts in order. @throws RangeError when there are none left. */
export function witnessReader(witness: Uint8Array) {
  let at = 0;
  return {
    take(byteLength: number): Uint8Array {
      if (at + byteLength > witness.length) throw new RangeError("the proof is too short");
      at += byteLength;
      return witness.slice(at - byteLength, at);
    },
    skip(siblings: number): void {
      at += siblings * LEAF_BYTES;
    },
  };
}

export type WitnessReader = ReturnType<typeof witnessReader>;

const SLOTS_A_LEAF = 4;

/**
 * Cells over what a proof shows, which notes what is read and written. It checks no path: that is the chain's part. A chunk is not
 * touched by any instruction.
 */
export function shownCells(
  reader: WitnessReader,
  depths: Depths,
): Cells & { reads: Touched[]; writes: Touched[] } {
  const reads: Touched[] = [];
  const writes: Touched[] = [];

  function cursor(depth: number) {
    let open: { index: number; leaf: Uint8Array } | undefined;
    return (index: number): Uint8Array => {
      if (open?.index !== index) {
        open = { index, leaf: reader.take(LEAF_BYTES) };
        reader.skip(depth);
      }
      return open.leaf;
    };
  }

  const slots = (tree: "stack" | "globals", depth: number) => {
    const leafAt = cursor(depth);
    const view = (index: number) =>
      new DataView(leafAt(Math.floor(index / SLOTS_A_LEAF)).buffer, 8 * (index % SLOTS_A_LEAF), 8);
    return {
      read(at: number): bigint {
        const value = view(at).getBigUint64(0);
        reads.push({ tree, at, value });
        return value;
      },
      write(at: number, value: bigint): void {
        view(at).setBigUint64(0, value);
        writes.push({ tree, at, value });
      },
    };
  };
  const bytesOf = (tree: "memory" | "data", depth: number) => {
    const leafAt = cursor(depth);
    const part = (at: number, byteLength: number) => {
      const first = at % LEAF_BYTES;
      return leafAt(Math.floor(at / LEAF_BYTES)).subarray(first, first + byteLength);
    };
    return {
      read(at: number, byteLength: number): Uint8Array {
        const bytes = part(at, byteLength);
        reads.push({ tree, at, value: littleEndian(bytes) });
        return bytes;
      },
      write(at: number, bytes: Uint8Array): void {
        part(at, bytes.length).set(bytes);
        writes.push({ tree, at, value: littleEndian(bytes) });
      },
    };
  };
  const [stack, globals] = [slots("stack", STACK_DEPTH), slots("globals", depths.globals)];
  const [memory, data] = [bytesOf("memory", MEMORY_DEPTH), bytesOf("data", depths.data)];
  const elements = cursor(depths.table);
  return {
    ...{ reads, writes, slot: stack.read, setSlot: stack.write },
    ...{ global: globals.read, setGlobal: globals.write },
    ...{ bytes: memory.read, setBytes: memory.write, data: data.read },
    element(index) {
      const leaf = elements(index);
      reads.push({
        tree: "table",
        at: index,
        value: BigInt(new DataView(leaf.buffer).getUint32(28)),
      });
      return leaf;
    },
    chunk: () => new Uint8Array(CHUNK_BYTES),
    setChunk() {},
  };
}

/** As the machine's memory has numbers. */
function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
