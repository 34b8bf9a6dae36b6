// Landsat 8 and 9: Schroeder et al. 2016, Murphy et al. 2016, Kumar & Roy 2018, and a vote among them. One program for all:
// parameter 1 is a bit for each method to run, parameter 2 how many of them have to agree. A fire's class is the sum of the
// bits of those that found it.
//
// Bands are reflectances at the top of the atmosphere, corrected for the sun's elevation. Parameter 0 is the sine of that
// elevation, which takes the correction out again for Schroeder.

const BANDS: u32 = 8;
const PARAMETERS: u32 = 3;
const VALUES: u32 = 4;
/** 30 for the largest window, and 1 more: what is background to Kumar and Roy depends on a pixel's neighbours. */
const HALO: i32 = 31;
const WINDOW_REACH: i32 = 30;

/** Coastal blue, blue, green, red, near-infrared, 1.61 µm, 2.20 µm, and the product's band of saturation flags. */
const B1: u32 = 0;
const B2: u32 = 1;
const B3: u32 = 2;
const B4: u32 = 3;
const B5: u32 = 4;
const B6: u32 = 5;
const B7: u32 = 6;
const RADSAT: u32 = 7;
/** Bits of band 6 and of band 7 in QA_RADSAT. */
const RADSAT_SWIR: u32 = (1 << 5) | (1 << 6);

const SCHROEDER: u32 = 1;
const MURPHY: u32 = 2;
const KUMAR_ROY: u32 = 4;

/** A pixel is background, for `context.ts`, if the bits of `backgroundMask` in its marks are `backgroundBits`. */
let backgroundMask: u32 = 0;
let backgroundBits: u32 = 0;

const LIT: u32 = 2; // rho7 > 0 and rho5 > 0: there is a ratio
const SCHROEDER_WATER: u32 = 4;
const SCHROEDER_SURE: u32 = 8;
const SCHROEDER_MAYBE: u32 = 0x10;
const MURPHY_A: u32 = 0x20;
const MURPHY_NEAR: u32 = 0x40;
const ROY_WATER: u32 = 0x80;
const ROY_SEED: u32 = 0x100;
const ROY_NEAR: u32 = 0x200;
const ROY_SURE: u32 = 0x400;
const ROY_MAYBE: u32 = 0x800;

let sinSun: f64 = 1;

function classify(): void {
  sinSun = parameter(0);
  const methods = <u32>parameter(1);
  const votes = <u32>parameter(2);
  markAll(methods);
  if (methods & SCHROEDER) findSchroeder();
  if (methods & MURPHY) findMurphy();
  if (methods & KUMAR_ROY) findKumarRoy();
  for (let y = halo; y < halo + height; y++) {
    for (let i = y * pitch + halo, end = i + width; i < end; i++) {
      if (<u32>popcnt(classOf(i)) < votes) setClass(i, 0);
    }
  }
}

/** Everything that a pixel is by itself. */
function markAll(methods: u32): void {
  for (let i: i32 = 0; i < pixels; i++) {
    let measured: u32 = 1;
    for (let band = B1; band <= RADSAT; band++) measured &= isMeasuredIn(band, i);
    if (!measured) continue;
    let bits = MEASURED;
    if (valueAt(B7, i) > 0 && valueAt(B5, i) > 0) bits |= LIT;
    if (methods & SCHROEDER) bits |= marksOfSchroeder(i);
    if (methods & MURPHY) bits |= marksOfMurphy(i);
    if (methods & KUMAR_ROY) bits |= marksOfKumarRoy(i);
    setMark(i, bits);
  }
}

function isBackground(i: i32): bool {
  return (markOf(i) & backgroundMask) == backgroundBits;
}

/** 0: rho7 / rho5, 1: rho7. */
function sampleOf(i: i32, which: u32): f64 {
  return which ? valueAt(B7, i) : valueAt(B7, i) / valueAt(B5, i);
}

/**
 * The contextual test that Schroeder and Kumar and Roy share: how much hotter than its surroundings a pixel has to be.
 * @param unit - what reflectances are multiplied by.
 */
function standsOut(i: i32, reach: i32, count: u32, unit: f64): bool {
  measureDeviation(i, reach, 1, count);
  if (!(valueAt(B7, i) * unit > mean * unit + max(3 * spread * unit, 0.08))) return false;
  measureDeviation(i, reach, 0, count);
  // A near-infrared of 0 or below makes the ratio unboundedly large.
  return !(valueAt(B5, i) > 0) || sampleOf(i, 0) > mean + max(3 * spread, 0.8);
}

function addMethod(i: i32, method: u32): void {
  setClass(i, classOf(i) | method);
}

function valueOf(i: i32, k: u32): f64 {
  return valueAt(B7 - k, i);
}
