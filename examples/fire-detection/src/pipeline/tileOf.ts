import type { Tile } from "../tiles/grid.ts";

/** The tile that a task's input is about, from its header (`encodeTile`). */
export function tileOf(input: Uint8Array): Tile {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const word = (offset: number) => view.getUint32(offset, true);
  return { index: 0, x: word(8), y: word(12), width: word(16), height: word(20) };
}
