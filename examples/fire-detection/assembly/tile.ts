// What every detector shares: the tile it is given, and the pixels that it reports. The SDK's compiler takes one source, so
// src/algorithms/compile.ts joins this file with the ones that hold the algorithm. Those define:
//
//   HALO, BANDS, PARAMETERS, VALUES   what they expect of a tile, and how many numbers they report of a pixel
//   classify()                        sets `marks` of every pixel and `classes` of those of the tile
//   valueOf(i, k)                     number k of the fire at pixel i
//
// src/tiles/encodeTile.ts documents the input's layout, src/tiles/decodeDetections.ts the result's.

const INPUT_MAGIC: u32 = 0x45524946; // "FIRE"
const INPUT_VERSION: u32 = 2;
const INPUT_HEADER: u32 = 40;
const CALIBRATION: u32 = 32;
/** Keeps every size below within 32 bits. */
const MAX_SIDE: u32 = 8192;

const RESULT_MAGIC: u32 = 0x53544948; // "HITS"
const RESULT_VERSION: u32 = 2;
const RESULT_HEADER: u32 = 24;

/** Bits of `marks` that mean the same for all. The others belong to the algorithm. */
const MEASURED: u32 = 1;
/** The pixel may burn, but has too little background for the contextual test. */
const UNKNOWN: u32 = 0x8000;
/** The same bits in four marks at once. */
const FOUR_MEASURED: u64 = 0x0001_0001_0001_0001;
const FOUR_UNKNOWN: u64 = 0x8000_8000_8000_8000;

let head: usize = 0;
let x0: u32 = 0;
let y0: u32 = 0;
let width: i32 = 0;
let height: i32 = 0;
let halo: i32 = 0;
/** Columns, rows and pixels of the tile with its halo. */
let pitch: i32 = 0;
let rows: i32 = 0;
let pixels: i32 = 0;
/** Bytes of one band. */
let plane: usize = 0;
let calibrations: usize = 0;
let planes: usize = 0;
/** u16 a pixel, halo included. */
let marks: usize = 0;
/** u8 a pixel, halo included: 0, or what the algorithm calls a fire. */
let classes: usize = 0;

export function main(input: Uint8Array): Uint8Array {
  openTile(input);
  classify();
  return report();
}

/** An input of another form has no result: the task traps. */
function openTile(input: Uint8Array): void {
  head = input.dataStart;
  const size = <u32>input.byteLength;
  if (size < INPUT_HEADER) unreachable();
  x0 = load<u32>(head, 8);
  y0 = load<u32>(head, 12);
  const w = load<u32>(head, 16);
  const h = load<u32>(head, 20);
  if (
    load<u32>(head) != INPUT_MAGIC ||
    load<u32>(head, 4) != INPUT_VERSION ||
    load<u32>(head, 24) != <u32>HALO ||
    load<u32>(head, 28) != BANDS ||
    load<u32>(head, 32) != PARAMETERS ||
    w - 1 >= MAX_SIDE ||
    h - 1 >= MAX_SIDE
  ) {
    unreachable();
  }
  width = <i32>w;
  height = <i32>h;
  halo = HALO;
  pitch = width + 2 * halo;
  rows = height + 2 * halo;
  pixels = pitch * rows;
  plane = <usize>pixels * 4;
  calibrations = head + INPUT_HEADER + 8 * PARAMETERS;
  planes = calibrations + CALIBRATION * BANDS;
  if (<u64>size != <u64>(planes - head) + <u64>plane * BANDS) unreachable();
  marks = new Uint16Array(pixels).dataStart;
  classes = new Uint8Array(pixels).dataStart;
}

// @ts-ignore: decorator
@inline
function parameter(k: u32): f64 {
  return load<f64>(head + INPUT_HEADER + 8 * k);
}

// @ts-ignore: decorator
@inline
function scaleOf(band: u32): f64 {
  return load<f64>(calibrations + CALIBRATION * band);
}

// @ts-ignore: decorator
@inline
function offsetOf(band: u32): f64 {
  return load<f64>(calibrations + CALIBRATION * band, 8);
}

// @ts-ignore: decorator
@inline
function nodataOf(band: u32): f32 {
  return <f32>load<f64>(calibrations + CALIBRATION * band, 16);
}

// @ts-ignore: decorator
@inline
function saturationOf(band: u32): f64 {
  return load<f64>(calibrations + CALIBRATION * band, 24);
}

/** The number that the product holds. */
// @ts-ignore: decorator
@inline
function dnAt(band: u32, i: i32): f32 {
  return load<f32>(planes + <usize>band * plane + (<usize>i << 2));
}

/** The physical quantity: reflectance, kelvin or degrees. */
// @ts-ignore: decorator
@inline
function valueAt(band: u32, i: i32): f64 {
  return (<f64>dnAt(band, i) + offsetOf(band)) * scaleOf(band);
}

// @ts-ignore: decorator
@inline
function isMeasured(dn: f32, nodata: f32): u32 {
  // The difference is 0 for numbers, and NaN for NaN and the infinities.
  return u32(dn - dn == 0) & u32(dn != nodata);
}

// @ts-ignore: decorator
@inline
function isMeasuredIn(band: u32, i: i32): u32 {
  return isMeasured(dnAt(band, i), nodataOf(band));
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
  const record: u32 = 12 + 4 * VALUES;
  const result = new Uint8Array(RESULT_HEADER + record * count);
  let out = result.dataStart;
  store<u32>(out, RESULT_MAGIC);
  store<u32>(out, RESULT_VERSION, 4);
  store<u32>(out, valid, 8);
  store<u32>(out, unknown, 12);
  store<u32>(out, VALUES, 16);
  store<u32>(out, count, 20);
  if (count == 0) return result;
  out += RESULT_HEADER;
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
      store<u32>(out, x0 + x);
      store<u32>(out, y0 + y, 4);
      store<u32>(out, code, 8);
      for (let k: u32 = 0; k < VALUES; k++) store<f32>(out + 12 + 4 * k, <f32>valueOf(i, k));
      out += record;
    }
  }
  return result;
}
