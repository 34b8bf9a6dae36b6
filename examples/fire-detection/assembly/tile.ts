// What every detector shares: the tile it is given, and the pixels that it reports. The SDK's compiler takes one source, so
// src/algorithms/compile.ts joins this file with the ones that hold the algorithm. Those define:
//
//   HALO, BANDS, PARAMETERS, VALUES   what they expect of a tile, and how many numbers they report of a pixel
//   classify()                        finds the fires: marks.ts and fires.ts are the two ways to keep them
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
function resultBytes(fires: u32): u32 {
  return RESULT_HEADER + (12 + 4 * VALUES) * fires;
}

/** Of the tile's pixels `valid` were measured, and `unknown` could not be judged. */
function putHeader(out: usize, valid: u32, unknown: u32, fires: u32): void {
  store<u32>(out, RESULT_MAGIC);
  store<u32>(out, RESULT_VERSION, 4);
  store<u32>(out, valid, 8);
  store<u32>(out, unknown, 12);
  store<u32>(out, VALUES, 16);
  store<u32>(out, fires, 20);
}

/** Writes to `out` the fire of a class at pixel i, which is column x and row y of the tile. */
// @ts-ignore: decorator
@inline
function putFire(out: usize, i: i32, x: u32, y: u32, code: u32): void {
  store<u32>(out, x0 + x);
  store<u32>(out, y0 + y, 4);
  store<u32>(out, code, 8);
  for (let k: u32 = 0; k < VALUES; k++) store<f32>(out + 12 + 4 * k, <f32>valueOf(i, k));
}
