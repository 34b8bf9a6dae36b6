// Hot targets by HOTMAP: Murphy, S.W., de Souza Filho, C.R., Wright, R., Sabatino, G., Correa Pabon, R. (2016), "HOTMAP:
// Global hot target detection at moderate spatial resolution", Remote Sensing of Environment 177, 78-88.
//
//   a: rho12 >= 0.15 and rho12 / rho11 >= 1.4 and rho12 / rhoNIR >= 1.4
//   b: one of the 8 neighbours is an `a`, and (rho11 >= 0.5 and rho11 / rhoNIR >= 2, or the pixel is saturated)
//
// A pixel counts where all three bands were measured: finite, and not nodata. Where an offset makes a denominator 0 or
// negative, its ratio counts as unboundedly large: that is what the ratio of a hot pixel grows to as the ground gets
// darker. Hence comparisons are written as products, rho12 >= 1.4 * rho11, which says the same for positive numbers. The
// scale cancels out of them, so they are made on DN + offset, in 64-bit floats.
//
// src/tiles/encodeTile.ts documents the input's layout, src/tiles/decodeDetections.ts the result's.

const INPUT_MAGIC: u32 = 0x45524946; // "FIRE"
const INPUT_VERSION: u32 = 1;
const INPUT_HEADER: u32 = 64;
const BANDS: u32 = 3;
const HALO: u32 = 1;
/** Keeps every size below within 32 bits. */
const MAX_SIDE: u32 = 8192;

const RESULT_MAGIC: u32 = 0x53544948; // "HITS"
const RESULT_HEADER: u32 = 12;
const RECORD: u32 = 24;

const MIN_RHO12: f64 = 0.15;
const MIN_RATIO: f64 = 1.4;
const MIN_RHO11: f64 = 0.5;
const MIN_RATIO_11_NIR: f64 = 2.0;

// What is known of a pixel, as bits of one byte.
const MEASURED: u8 = 1;
const RULE_A: u8 = 2;
/** Would be a fire by rule b if it touches an `a`. */
const MAYBE_B: u8 = 4;
const RULE_B: u8 = 8;

export function main(input: Uint8Array): Uint8Array {
  const head = input.dataStart;
  const size = <u32>input.byteLength;
  // An input of another form has no result: the task traps.
  if (size < INPUT_HEADER) unreachable();
  const x0 = load<u32>(head, 8);
  const y0 = load<u32>(head, 12);
  const width = load<u32>(head, 16);
  const height = load<u32>(head, 20);
  if (
    load<u32>(head) != INPUT_MAGIC ||
    load<u32>(head, 4) != INPUT_VERSION ||
    load<u32>(head, 24) != HALO ||
    load<u32>(head, 28) != BANDS ||
    width - 1 >= MAX_SIDE ||
    height - 1 >= MAX_SIDE
  ) {
    unreachable();
  }
  const pitch = width + 2 * HALO;
  const pixels = pitch * (height + 2 * HALO);
  if (<u64>size != <u64>INPUT_HEADER + <u64>pixels * BANDS * 4) unreachable();

  const known = new Uint8Array(pixels);
  const marks = known.dataStart;
  classify(head, pixels, marks);

  let valid: u32 = 0;
  let count: u32 = 0;
  for (let y: u32 = HALO; y < height + HALO; y++) {
    for (let x: u32 = HALO; x < width + HALO; x++) {
      const at = marks + y * pitch + x;
      const bits = load<u8>(at);
      valid += bits & MEASURED;
      if (bits & RULE_A) {
        count++;
      } else if (bits & MAYBE_B && touchesA(at, pitch)) {
        store<u8>(at, bits | RULE_B);
        count++;
      }
    }
  }

  const result = new Uint8Array(RESULT_HEADER + RECORD * count);
  let out = result.dataStart;
  store<u32>(out, RESULT_MAGIC);
  store<u32>(out, valid, 4);
  store<u32>(out, count, 8);
  if (count == 0) return result;

  const scale = load<f64>(head, 32);
  const offset = load<f64>(head, 40);
  const plane = <usize>pixels * 4;
  out += RESULT_HEADER;
  for (let y: u32 = 0; y < height; y++) {
    for (let x: u32 = 0; x < width; x++) {
      const i = (y + HALO) * pitch + x + HALO;
      const bits = load<u8>(marks + i);
      if (!(bits & (RULE_A | RULE_B))) continue;
      const dn = head + INPUT_HEADER + <usize>i * 4;
      store<u32>(out, x0 + x);
      store<u32>(out, y0 + y, 4);
      store<u32>(out, bits & RULE_A ? 1 : 2, 8);
      store<f32>(out, <f32>((<f64>load<f32>(dn) + offset) * scale), 12);
      store<f32>(out, <f32>((<f64>load<f32>(dn + plane) + offset) * scale), 16);
      store<f32>(out, <f32>((<f64>load<f32>(dn + 2 * plane) + offset) * scale), 20);
      out += RECORD;
    }
  }
  return result;
}

/** Marks every pixel, halo included. Without branches: data decides nothing about the speed. */
function classify(head: usize, pixels: u32, marks: usize): void {
  const scale = load<f64>(head, 32);
  const offset = load<f64>(head, 40);
  const nodata = <f32>load<f64>(head, 48);
  const saturation = load<f64>(head, 56);
  const plane = <usize>pixels * 4;
  let at = head + INPUT_HEADER;
  for (const end = at + plane; at < end; at += 4, marks++) {
    const dn12 = load<f32>(at);
    const dn11 = load<f32>(at + plane);
    const dnNir = load<f32>(at + 2 * plane);
    const d12 = <f64>dn12 + offset;
    const d11 = <f64>dn11 + offset;
    const dNir = <f64>dnNir + offset;
    const measured = isMeasured(dn12, nodata) & isMeasured(dn11, nodata) & isMeasured(dnNir, nodata);
    const a =
      i32(d12 * scale >= MIN_RHO12) & i32(d12 >= MIN_RATIO * d11) & i32(d12 >= MIN_RATIO * dNir);
    const hot = i32(d11 * scale >= MIN_RHO11) & i32(d11 >= MIN_RATIO_11_NIR * dNir);
    const saturated = i32(<f64>dn12 >= saturation) | i32(<f64>dn11 >= saturation);
    store<u8>(
      marks,
      measured * (MEASURED | (a * RULE_A) | ((hot | saturated) * MAYBE_B)),
    );
  }
}

// @ts-ignore: decorator
@inline
function isMeasured(dn: f32, nodata: f32): i32 {
  // The difference is 0 for numbers, and NaN for NaN and the infinities.
  return i32(dn - dn == 0) & i32(dn != nodata);
}

function touchesA(at: usize, pitch: u32): bool {
  const above = at - pitch;
  const below = at + pitch;
  const around =
    load<u8>(above - 1) | load<u8>(above) | load<u8>(above + 1) |
    load<u8>(at - 1) | load<u8>(at + 1) |
    load<u8>(below - 1) | load<u8>(below) | load<u8>(below + 1);
  return (around & RULE_A) != 0;
}
