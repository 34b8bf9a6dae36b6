// The fires by themselves, for algorithms that judge a pixel by its own numbers and those of pixels that touch it: most pixels
// leave no trace, and memory that is never touched costs nothing. marks.ts is the other way.
//
// The algorithm defines `classify()`, which calls `addFire` for the tile's fires, by row, then by column, and counts in
// `unmeasured` the tile's pixels that were not measured.

const ROOM_AT_FIRST: u32 = 256;

let unmeasured: u32 = 0;
let fireCount: u32 = 0;
/** Fires for which the result has room. */
let fireRoom: u32 = ROOM_AT_FIRST;
let result: usize = 0;

export function main(input: Uint8Array): Uint8Array {
  openTile(input);
  result = changetype<usize>(new ArrayBuffer(resultBytes(fireRoom)));
  classify();
  putHeader(result, <u32>width * <u32>height - unmeasured, 0, fireCount);
  result = __renew(result, resultBytes(fireCount));
  return Uint8Array.wrap(changetype<ArrayBuffer>(result));
}

function addFire(i: i32, code: u32): void {
  if (fireCount == fireRoom) {
    // Nothing was allocated since: the memory grows where it is.
    fireRoom *= 2;
    result = __renew(result, resultBytes(fireRoom));
  }
  putFire(result + resultBytes(fireCount), i, i % pitch - halo, i / pitch - halo, code);
  fireCount++;
}
