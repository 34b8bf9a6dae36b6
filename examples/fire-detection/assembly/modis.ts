// Giglio, L., Descloitres, J., Justice, C.O., Kaufman, Y.J. (2003), "An enhanced contextual fire detection algorithm for MODIS",
// Remote Sensing of Environment 87, 273-282, with the radiative power and confidence of Collection 5. D = T4 - T11.
//
//   potential:  day T4 > 310 and D > 10 and r0.86 < 0.3; night T4 > 305 and D > 10
//   absolute:   T4 > 360 (night 320)
//   background: neither cloud nor water nor a fire by day T4 > 325 and D > 20, by night T4 > 310 and D > 10; the pixel and its
//               two neighbours along the scan, into which it smears, are left out
//   window:     3 x 3 ... 21 x 21, the smallest with 25 % and 8 background pixels; without one, only absolute fires are fires
//   contextual: D > mean + 3.5 dev and D > mean + 6 and T4 > mean + 3 dev, by day also (T11 > mean + dev - 4 or the
//               deviation of background fires' T4 > 5)
//   desert:     day, background fires more than 10 % of the background and at least 4: r0.86 > 0.15 and their mean T4 < 345 and
//               their deviation < 3 and T4 < their mean + 6 deviations: rejected
//   power (MW): 4.34e-19 (T4^8 - mean^8) A, A being the pixel's area in km^2
//   confidence: 100 times the geometric mean of five ramps, rounded down: T4 from 310 to 360 (night 305 to 320), (T4 - mean) / dev
//               from 3 to 6, (D - mean) / dev from 3.5 to 6, 1 - adjacent clouds / 4, 1 - adjacent water / 4; by night of the
//               first three. The ramps are those that Collection 5's daytime values follow; at night, of which they hold none,
//               the paper's own from 305 to 320 K
//
// Classes are the product's: 7 low (< 30), 8 nominal, 9 high confidence (>= 80).

const BANDS: u32 = 7;
const PARAMETERS: u32 = 0;
const VALUES: u32 = 6;
const HALO: i32 = 10;

const T4: u32 = 0;
const T11: u32 = 1;
const R86: u32 = 2;
const SUN_ZENITH: u32 = 3;
const CLOUD_MASK: u32 = 4;
const WATER_MASK: u32 = 5;
const AREA: u32 = 6;

const LARGEST_REACH: i32 = 10;
const POTENTIAL: u32 = 0x20;
const ABSOLUTE: u32 = 0x40;

let centre: i32 = -2;
/** Results for fires, f64 for each pixel of the tile with its halo. -1 means "not known". */
let backgrounds: usize = 0;
let powers: usize = 0;
let confidences: usize = 0;

function isBackground(i: i32): bool {
  if (i >= centre - 1 && i <= centre + 1) return false;
  return (markOf(i) & (MEASURED | CLOUD | WATER | BACKGROUND_FIRE)) == wanted;
}

/** 0: T4, 1: T11, 2: D. */
function sampleOf(i: i32, which: u32): f64 {
  if (which == 0) return valueAt(T4, i);
  if (which == 1) return valueAt(T11, i);
  return valueAt(T4, i) - valueAt(T11, i);
}

function classify(): void {
  backgrounds = new Float64Array(pixels).dataStart;
  powers = new Float64Array(pixels).dataStart;
  confidences = new Float64Array(pixels).dataStart;
  for (let i: i32 = 0; i < pixels; i++) setMark(i, marksOf(i));
  countBackground();
  for (let y = halo; y < halo + height; y++) {
    for (let i = y * pitch + halo, end = i + width; i < end; i++) {
      if (markOf(i) & (POTENTIAL | ABSOLUTE)) judge(i);
    }
  }
}

/** The marks of a pixel that do not depend on its neighbours. */
function marksOf(i: i32): u32 {
  const measured =
    isMeasuredIn(T4, i) & isMeasuredIn(T11, i) & isMeasuredIn(SUN_ZENITH, i) &
    isMeasuredIn(CLOUD_MASK, i) & isMeasuredIn(WATER_MASK, i) & isMeasuredIn(AREA, i);
  if (!measured) return 0;
  const isDay = valueAt(SUN_ZENITH, i) < 90;
  if (isDay && !isMeasuredIn(R86, i)) return 0;
  let bits = MEASURED | u32(isDay) * DAY;
  if (valueAt(CLOUD_MASK, i) != 0) return bits | CLOUD;
  if (valueAt(WATER_MASK, i) != 0) return bits | WATER;
  const t4 = valueAt(T4, i);
  const d = t4 - valueAt(T11, i);
  if (isDay) {
    bits |= u32(t4 > 310 && d > 10 && valueAt(R86, i) < 0.3) * POTENTIAL;
    bits |= u32(t4 > 360) * ABSOLUTE | u32(t4 > 325 && d > 20) * BACKGROUND_FIRE;
  } else {
    bits |= u32(t4 > 305 && d > 10) * POTENTIAL;
    bits |= u32(t4 > 320) * ABSOLUTE | u32(t4 > 310 && d > 10) * BACKGROUND_FIRE;
  }
  return bits;
}

function judge(i: i32): void {
  const bits = markOf(i);
  centre = i;
  let reach: i32 = 1;
  let count: u32 = 0;
  for (; reach <= LARGEST_REACH; reach++) {
    const side = <u32>(2 * reach + 1);
    count = backgroundAround(i, reach) - ownBackground(i);
    if (count >= 8 && count * 4 >= side * side) break;
  }
  if (reach > LARGEST_REACH) {
    if (bits & ABSOLUTE) settle(i, -1, -1, -1);
    else setMark(i, bits | UNKNOWN);
    return;
  }
  const t4 = valueAt(T4, i);
  const d = t4 - valueAt(T11, i);
  const isDay = (bits & DAY) != 0;
  measureAbsoluteDeviation(i, reach, 2, count);
  const meanD = mean;
  const spreadD = spread;
  measureAbsoluteDeviation(i, reach, 0, count);
  const mean4 = mean;
  const spread4 = spread;
  let burns = d > meanD + 3.5 * spreadD && d > meanD + 6 && t4 > mean4 + 3 * spread4;
  if (burns && isDay) {
    measureAbsoluteDeviation(i, reach, 1, count);
    const warm = valueAt(T11, i) > mean + spread - 4;
    const fires = measureBackgroundFires(i, reach);
    const desert =
      fires >= 4 && fires * 10 > count && valueAt(R86, i) > 0.15 &&
      mean < 345 && spread < 3 && t4 < mean + 6 * spread;
    burns = (warm || (fires > 0 && spread > 5)) && !desert;
  }
  if (!burns && !(bits & ABSOLUTE)) return;
  const power = 4.34e-19 * (eighth(t4) - eighth(mean4)) * valueAt(AREA, i);
  let product = (isDay ? ramp(t4, 310, 360) : ramp(t4, 305, 320)) * ramp((t4 - mean4) / spread4, 3, 6) * ramp((d - meanD) / spreadD, 3.5, 6);
  if (isDay) {
    product *= ramp(4 - <f64>adjacent(i, CLOUD), 0, 4);
    product *= ramp(4 - <f64>adjacent(i, WATER), 0, 4);
  }
  settle(i, mean4, power, wholeRoot(product, isDay ? 5 : 3));
}

/** Number of background pixels among the three that are left out. */
function ownBackground(i: i32): u32 {
  centre = -2;
  const count = u32(isBackground(i - 1)) + u32(isBackground(i)) + u32(isBackground(i + 1));
  centre = i;
  return count;
}

function eighth(kelvin: f64): f64 {
  const square = kelvin * kelvin;
  const fourth = square * square;
  return fourth * fourth;
}

/** From 0 at `low` to 1 at `high`. A background without any deviation makes its argument infinite, which is 1. */
function ramp(value: f64, low: f64, high: f64): f64 {
  if (!(value > low)) return 0;
  if (value >= high) return 1;
  return (value - low) / (high - low);
}

/** 100 times the root of `product`, rounded down: the largest whole number whose power is not above it, without a power function. */
function wholeRoot(product: f64, degree: i32): f64 {
  let best: f64 = 0;
  for (let percent: f64 = 1; percent <= 100; percent++) {
    let power: f64 = 1;
    for (let n: i32 = 0; n < degree; n++) power *= percent / 100;
    if (power > product) break;
    best = percent;
  }
  return best;
}

function adjacent(i: i32, bit: u32): i32 {
  let count: i32 = 0;
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) {
      if ((dx != 0 || dy != 0) && markOf(i + dy * pitch + dx) & bit) count++;
    }
  }
  return count;
}

function settle(i: i32, background: f64, power: f64, confidence: f64): void {
  const at = <usize>i << 3;
  store<f64>(backgrounds + at, background);
  store<f64>(powers + at, power);
  store<f64>(confidences + at, confidence);
  setClass(i, confidence >= 80 ? 9 : confidence < 0 || confidence >= 30 ? 8 : 7);
}

function valueOf(i: i32, k: u32): f64 {
  if (k < 2) return valueAt(k, i);
  if (k == 5) return markOf(i) & DAY ? 1 : 0;
  const from = k == 2 ? backgrounds : k == 3 ? powers : confidences;
  return load<f64>(from + (<usize>i << 3));
}
