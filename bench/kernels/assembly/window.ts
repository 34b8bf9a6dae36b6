// The windows of the fire detectors by themselves: mean and standard deviation of the background around every pixel.
//
// Input: u32 columns, rows, reach, 0; then f32 a pixel, NaN where it is no background. Result: f64 mean and f64 deviation of
// each pixel whose window lies inside, row by row.
import {} from "../../../examples/fire-detection/assembly/context";

let pitch: i32 = 0;
let rows: i32 = 0;
let values: usize = 0;
let marks: usize = 0;

// @ts-ignore: decorator
@inline
function isBackground(i: i32): bool {
  return load<u16>(marks + (<usize>i << 1)) != 0;
}

// @ts-ignore: decorator
@inline
function sampleOf(i: i32, _which: u32): f64 {
  return <f64>load<f32>(values + (<usize>i << 2));
}

export function main(input: Uint8Array): Uint8Array {
  pitch = load<i32>(input.dataStart);
  rows = load<i32>(input.dataStart, 4);
  const reach = load<i32>(input.dataStart, 8);
  values = input.dataStart + 16;
  marks = new Uint16Array(pitch * rows).dataStart;
  for (let i: i32 = 0; i < pitch * rows; i++) {
    const value = load<f32>(values + (<usize>i << 2));
    store<u16>(marks + (<usize>i << 1), u16(value == value));
  }
  countBackground();
  const result = new Float64Array(2 * (pitch - 2 * reach) * (rows - 2 * reach));
  let out = result.dataStart;
  for (let y = reach; y < rows - reach; y++) {
    for (let x = reach; x < pitch - reach; x++, out += 16) {
      const i = y * pitch + x;
      measureDeviation(i, reach, 0, backgroundAround(i, reach));
      store<f64>(out, mean);
      store<f64>(out, spread, 8);
    }
  }
  return Uint8Array.wrap(result.buffer);
}
