// The fires by themselves, for algorithms that judge a pixel by its own numbers and those of pixels that touch it: most pixels
// leave no trace, and memory that is never touched costs nothing. marks.ts is the other way.
//
// The algorithm defines `classify()`, which calls `addFire` for the tile's fires, by row, then by column, and counts in
// `unmeasured` the tile's pixels that were not measured.

const ROOM_AT_FIRST: u32 = 1024;

let unmeasured: u32 = 0;
let fireCount: u32 = 0;
let fireRoom: u32 = 0;
/** u32 a fire: its pixel, and its class in the two bits below. */
let fires: usize = 0;

export function main(input: Uint8Array): Uint8Array {
  openTile(input);
  classify();
  return report();
}

/** Adds a fire of class 1, 2 or 3 at pixel i. */
function addFire(i: i32, code: u32): void {
  if (fireCount == fireRoom) {
    fireRoom = fireRoom == 0 ? ROOM_AT_FIRST : 2 * fireRoom;
    const bytes = <usize>fireRoom << 2;
    fires = fires == 0 ? heap.alloc(bytes) : heap.realloc(fires, bytes);
  }
  store<u32>(fires + (<usize>fireCount << 2), (<u32>i << 2) | code);
  fireCount++;
}

function report(): Uint8Array {
  const result = newResult(<u32>width * <u32>height - unmeasured, 0, fireCount);
  let out = result.dataStart + RESULT_HEADER;
  for (let at = fires, end = fires + (<usize>fireCount << 2); at < end; at += 4, out += fireBytes()) {
    const fire = load<u32>(at);
    const i = <i32>(fire >>> 2);
    putFire(out, i, i % pitch - halo, i / pitch - halo, fire & 3);
  }
  return result;
}
