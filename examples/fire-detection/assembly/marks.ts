// What is found at each pixel, for algorithms that look at every pixel's surroundings: a word of marks and a class for each, halo
// included. fires.ts is the other way.
//
// The algorithm defines `classify()`, which sets `marks` of every pixel and `classes` of those of the tile.

/** Bits of `marks` that mean the same for all. The others belong to the algorithm. */
const MEASURED: u32 = 1;
/** The pixel may burn, but has too little background for the contextual test. */
const UNKNOWN: u32 = 0x8000;
/** The same bits in four marks at once. */
const FOUR_MEASURED: u64 = 0x0001_0001_0001_0001;
const FOUR_UNKNOWN: u64 = 0x8000_8000_8000_8000;

/** u16 a pixel, halo included. */
let marks: usize = 0;
/** u8 a pixel, halo included: 0, or what the algorithm calls a fire. */
let classes: usize = 0;

export function main(input: Uint8Array): Uint8Array {
  openTile(input);
  marks = new Uint16Array(pixels).dataStart;
  classes = new Uint8Array(pixels).dataStart;
  classify();
  return report();
}

// @ts-ignore: decorator
@inline
function markOf(i: i32): u32 {
  return load<u16>(marks + (<usize>i << 1));
}

// @ts-ignore: decorator
@inline
function setMark(i: i32, bits: u32): void {
  store<u16>(marks + (<usize>i << 1), <u16>bits);
}

// @ts-ignore: decorator
@inline
function classOf(i: i32): u32 {
  return load<u8>(classes + <usize>i);
}

// @ts-ignore: decorator
@inline
function setClass(i: i32, code: u32): void {
  store<u8>(classes + <usize>i, <u8>code);
}

/** Whether one of the 8 neighbours carries one of these bits; the pixel may not be on the halo's rim. */
function touches(i: i32, bits: u32): bool {
  const around =
    markOf(i - pitch - 1) | markOf(i - pitch) | markOf(i - pitch + 1) |
    markOf(i - 1) | markOf(i + 1) |
    markOf(i + pitch - 1) | markOf(i + pitch) | markOf(i + pitch + 1);
  return (around & bits) != 0;
}

/** The fires of the tile, by row, then by column. */
function report(): Uint8Array {
  let valid: u32 = 0;
  let unknown: u32 = 0;
  let count: u32 = 0;
  for (let y = halo; y < halo + height; y++) {
    const first = y * pitch + halo;
    let mark = marks + (<usize>first << 1);
    let code = classes + <usize>first;
    const end = code + <usize>width;
    // Eight pixels at a time, while none of them burns.
    for (; code + 8 <= end && load<u64>(code) == 0; code += 8, mark += 16) {
      const left = load<u64>(mark);
      const right = load<u64>(mark, 8);
      valid += <u32>(popcnt<u64>(left & FOUR_MEASURED) + popcnt<u64>(right & FOUR_MEASURED));
      unknown += <u32>(popcnt<u64>(left & FOUR_UNKNOWN) + popcnt<u64>(right & FOUR_UNKNOWN));
    }
    for (; code < end; code++, mark += 2) {
      const bits = <u32>load<u16>(mark);
      valid += bits & MEASURED;
      unknown += bits >>> 15; // UNKNOWN
      count += u32(load<u8>(code) != 0);
    }
  }
  const result = new Uint8Array(resultBytes(count));
  putHeader(result.dataStart, valid, unknown, count);
  if (count == 0) return result;
  let out = result.dataStart + resultBytes(0);
  for (let y: i32 = 0; y < height; y++) {
    const first = (y + halo) * pitch + halo;
    const row = classes + <usize>first;
    for (let x: i32 = 0, end = width; x < end; x++) {
      if (x + 8 <= end && load<u64>(row + <usize>x) == 0) {
        x += 7;
        continue;
      }
      const i = first + x;
      const code = <u32>load<u8>(row + <usize>x);
      if (code == 0) continue;
      putFire(out, i, x, y, code);
      out += resultBytes(1) - resultBytes(0);
    }
  }
  return result;
}
