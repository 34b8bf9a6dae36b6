// Schroeder, W., Oliva, P., Giglio, L., Csiszar, I.A. (2014), "The New VIIRS 375 m active fire detection data product: Algorithm
// description and initial assessment", Remote Sensing of Environment 143, 85-96. By day and by night; D = BT4 - BT5.
//
//   cloud:       day BT5 < 265 or (r1 + r2 > 0.9 and BT5 < 295) or (r1 + r2 > 0.7 and BT5 < 285);
//                night BT5 < 265 and BT4 < 295
//   water:       day r1 > r2 > r3: tested like land, but not background
//   fixed:       night BT4 > 320 and QF4 = 0
//                saturated, BT4 >= 367 and QF4 = 9 (by day also BT5 > 290 and QF5 = 0 and r1 + r2 < 0.7)
//                folded over, D < 0 and QF5 = 0 and BT5 > 325 (night 310); night BT4 <= 208 and BT5 > 335
//   background fire: day BT4 > 335 and D > 30; night BT4 > 300 and D > 10: not background. Saturated pixels that are so hot are among
//                them; folded ones, whose BT4 means nothing, are neither background nor background fires
//   bright:      day r1 + r2 > 0.6 and BT5 < 285 and r3 > 0.3 and r3 > r2 > 0.25 and BT4 <= 335: no candidate
//   candidate:   day BT4 > T* or D > 25; night BT4 > 295 or D > 10
//   window:      11 x 11 ... 31 x 31, the smallest with 10 background pixels or 25 %; without one it is unknown
//   contextual:  day D > mean + 2 dev and D > mean + 10 and BT4 > mean + 3.5 dev and
//                (BT5 > mean + dev - 4 or the deviation of background fires' BT4 > 5)
//                night D > mean + 3 dev and D > mean + 9 and BT4 > mean + 3 dev
//   desert:      day, background fires more than 10 % of the background and more than 4: r2 > 0.15 and their mean BT4 < 345
//                and their deviation < 3 and BT4 < their mean + 6 deviations: rejected
//   glint:       day, angle < 15 degrees and r1 + r2 > 0.35, or < 25 and > 0.4: rejected
//
//   power (MW):  4 A (sigma / a) (L - mean) / n by Wooster et al. (2005), with a = 2.88e-9: L is the radiance of M13, whose pixel is 2 x 2 of these, 4 A
//                km^2 large, and n of the four burn; the mean is over the background of the window. Where M13 was not measured it is not known
//
// Deviations are mean absolute deviations. The pixel itself is not in its own background. Classes: 7 low, 8 nominal, 9 high
// confidence. High: saturated. Low: by day, no neighbour is a fire, D < 30 or glint < 15 degrees, and BT4 is less than 15 K
// above some background neighbour, or there is none.

const BANDS: u32 = 12;
const PARAMETERS: u32 = 0;
const VALUES: u32 = 6;
/** 15 for the largest window, and 1 more: a fire's class depends on whether its neighbours burn. */
const HALO: i32 = 16;

const I1: u32 = 0;
const I2: u32 = 1;
const I3: u32 = 2;
const I4: u32 = 3;
const I5: u32 = 4;
const QF4: u32 = 5;
const QF5: u32 = 6;
const SUN_ZENITH: u32 = 7;
/** Cosine of the glint angle. */
const GLINT: u32 = 8;
/** T*, from the median over 501 x 501 pixels. */
const THRESHOLD: u32 = 9;
/** Radiance at 4.05 um, W / (m^2 sr um). */
const M13: u32 = 10;
/** km^2 */
const AREA: u32 = 11;

const STEFAN_BOLTZMANN: f64 = 5.670374419e-8;
const WOOSTER: f64 = 2.88e-9;
const SATURATED_FLAG: f64 = 9;
const SATURATION_KELVIN: f64 = 367;
const FOLDED_KELVIN: f64 = 208;
const SMALLEST_REACH: i32 = 5;
const LARGEST_REACH: i32 = 15;
const COS_15: f64 = 0.9659258262890683;
const COS_25: f64 = 0.9063077870366499;

const FIXED: u32 = 0x20;
const SATURATED: u32 = 0x40;
const CANDIDATE: u32 = 0x80;
const FIRE: u32 = 0x100;

/** The pixel whose surroundings are measured. */
let centre: i32 = -1;

function isBackground(i: i32): bool {
  if (i == centre) return false;
  const bits = markOf(i);
  // Background fires are told by their temperatures, so that saturated ones are among them, as MODIS's absolute fires are.
  if (wanted & BACKGROUND_FIRE) return (bits & (MEASURED | CLOUD | WATER | BACKGROUND_FIRE)) == wanted;
  return (bits & (MEASURED | CLOUD | WATER | BACKGROUND_FIRE | FIXED)) == wanted;
}

/** 0: BT4, 1: BT5, 2: D. */
function sampleOf(i: i32, which: u32): f64 {
  if (which == 0) return valueAt(I4, i);
  if (which == 1) return valueAt(I5, i);
  return valueAt(I4, i) - valueAt(I5, i);
}

function classify(): void {
  for (let i: i32 = 0; i < pixels; i++) setMark(i, marksOf(i));
  wanted = MEASURED;
  countBackground();
  for (let y = halo - 1; y <= halo + height; y++) {
    for (let x = halo - 1; x <= halo + width; x++) {
      const i = y * pitch + x;
      const bits = markOf(i);
      if (bits & FIXED) setMark(i, bits | FIRE);
      else if (bits & CANDIDATE) setMark(i, bits | judge(i));
    }
  }
  for (let y = halo; y < halo + height; y++) {
    for (let i = y * pitch + halo, end = i + width; i < end; i++) {
      if (markOf(i) & FIRE) setClass(i, confidenceOf(i));
    }
  }
}

/** The marks of a pixel that do not depend on its neighbours. */
function marksOf(i: i32): u32 {
  if (!(isMeasuredIn(I4, i) & isMeasuredIn(I5, i) & isMeasuredIn(SUN_ZENITH, i))) return 0;
  const bt4 = valueAt(I4, i);
  const bt5 = valueAt(I5, i);
  const d = bt4 - bt5;
  const clean5 = valueAt(QF5, i) == 0;
  const full = bt4 >= SATURATION_KELVIN && valueAt(QF4, i) == SATURATED_FLAG;
  if (!(valueAt(SUN_ZENITH, i) < 90)) {
    if (bt5 < 265 && bt4 < 295) return MEASURED | CLOUD;
    const folded = (d < 0 && clean5 && bt5 > 310) || (bt4 <= FOLDED_KELVIN && bt5 > 335);
    const fixed = (bt4 > 320 && valueAt(QF4, i) == 0) || full || folded;
    return (
      MEASURED |
      u32(fixed) * FIXED |
      u32(full || folded) * SATURATED |
      u32(bt4 > 300 && d > 10) * BACKGROUND_FIRE |
      u32(bt4 > 295 || d > 10) * CANDIDATE
    );
  }
  if (!(isMeasuredIn(I1, i) & isMeasuredIn(I2, i) & isMeasuredIn(I3, i))) return 0;
  const r1 = valueAt(I1, i);
  const r2 = valueAt(I2, i);
  const r3 = valueAt(I3, i);
  const visible = r1 + r2;
  if (bt5 < 265 || (visible > 0.9 && bt5 < 295) || (visible > 0.7 && bt5 < 285)) {
    return MEASURED | DAY | CLOUD;
  }
  const saturated = (full && bt5 > 290 && clean5 && visible < 0.7) || (d < 0 && clean5 && bt5 > 325);
  const bright = visible > 0.6 && bt5 < 285 && r3 > 0.3 && r3 > r2 && r2 > 0.25 && bt4 <= 335;
  return (
    MEASURED |
    DAY |
    u32(r1 > r2 && r2 > r3) * WATER |
    u32(saturated) * (FIXED | SATURATED) |
    u32(bt4 > 335 && d > 30) * BACKGROUND_FIRE |
    u32(!bright && (bt4 > valueAt(THRESHOLD, i) || d > 25)) * CANDIDATE
  );
}

/** FIRE, UNKNOWN or nothing. */
function judge(i: i32): u32 {
  centre = i;
  const bits = markOf(i);
  const self = u32((bits & (MEASURED | CLOUD | WATER | BACKGROUND_FIRE | FIXED)) == MEASURED);
  let reach = SMALLEST_REACH;
  let count: u32 = 0;
  for (; reach <= LARGEST_REACH; reach++) {
    const side = <u32>(2 * reach + 1);
    count = backgroundAround(i, reach) - self;
    if (count >= 10 || count * 4 >= side * side) break;
  }
  if (reach > LARGEST_REACH) return UNKNOWN;

  const bt4 = valueAt(I4, i);
  const d = bt4 - valueAt(I5, i);
  const isDay = (bits & DAY) != 0;
  measureAbsoluteDeviation(i, reach, 2, count);
  if (!(d > mean + (isDay ? 2 : 3) * spread && d > mean + (isDay ? 10 : 9))) return 0;
  measureAbsoluteDeviation(i, reach, 0, count);
  if (!(bt4 > mean + (isDay ? 3.5 : 3) * spread)) return 0;
  if (!isDay) return FIRE;

  measureAbsoluteDeviation(i, reach, 1, count);
  const warm = valueAt(I5, i) > mean + spread - 4;
  const fires = measureBackgroundFires(i, reach);
  if (!warm && !(fires > 0 && spread > 5)) return 0;
  const visible = valueAt(I1, i) + valueAt(I2, i);
  const desert =
    fires > 4 && fires * 10 > count && valueAt(I2, i) > 0.15 &&
    mean < 345 && spread < 3 && bt4 < mean + 6 * spread;
  const glint =
    (valueAt(GLINT, i) > COS_15 && visible > 0.35) || (valueAt(GLINT, i) > COS_25 && visible > 0.4);
  return desert || glint ? 0 : FIRE;
}

function confidenceOf(i: i32): u32 {
  const bits = markOf(i);
  if (bits & SATURATED) return 9;
  const d = valueAt(I4, i) - valueAt(I5, i);
  const doubtful = bits & DAY && (d < 30 || valueAt(GLINT, i) > COS_15);
  if (!doubtful || touches(i, FIRE)) return 8;
  centre = -1;
  let neighbours: i32 = 0;
  let warmest: f64 = 0;
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) {
      const j = i + dy * pitch + dx;
      if (j == i || !isBackground(j)) continue;
      neighbours++;
      warmest = max(warmest, valueAt(I4, j));
    }
  }
  return neighbours == 0 || valueAt(I4, i) - warmest < 15 ? 7 : 8;
}

function valueOf(i: i32, k: u32): f64 {
  if (k == 0) return valueAt(I4, i);
  if (k == 1) return valueAt(I5, i);
  if (k == 4) return markOf(i) & DAY ? 1 : 0;
  if (k == 5) return powerOf(i);
  return backgroundValue(i, k);
}

/** MW; -1 means "not known". */
function powerOf(i: i32): f64 {
  if (!(isMeasuredIn(M13, i) & isMeasuredIn(AREA, i))) return -1;
  const reach = enoughReach(i);
  if (reach == 0) return -1;
  let sum: f64 = 0;
  let count: u32 = 0;
  const from = i - reach * pitch - reach;
  for (let row: i32 = 0; row <= 2 * reach; row++) {
    for (let j = from + row * pitch, end = j + 2 * reach; j <= end; j++) {
      if (!isBackground(j) || !isMeasuredIn(M13, j)) continue;
      sum += valueAt(M13, j);
      count++;
    }
  }
  if (count == 0) return -1;
  const excess = valueAt(M13, i) - sum / <f64>count;
  if (!(excess > 0)) return -1;
  return (4 * valueAt(AREA, i) * excess * (STEFAN_BOLTZMANN / WOOSTER)) / <f64>burningInBlock(i);
}

/** How many of the 2 x 2 pixels burn that M13 sees as one, this one included. The swath's even columns and rows begin such a block. */
function burningInBlock(i: i32): i32 {
  const beside = (<i32>x0 + (i % pitch) - halo) & 1 ? -1 : 1;
  const below = (<i32>y0 + i / pitch - halo) & 1 ? -pitch : pitch;
  return (
    i32((markOf(i) & FIRE) != 0) +
    i32((markOf(i + beside) & FIRE) != 0) +
    i32((markOf(i + below) & FIRE) != 0) +
    i32((markOf(i + beside + below) & FIRE) != 0)
  );
}

/** Reach of the smallest window with enough background around pixel i, which becomes `centre`; 0 if there is none. */
function enoughReach(i: i32): i32 {
  centre = i;
  const self = u32((markOf(i) & (MEASURED | CLOUD | WATER | BACKGROUND_FIRE | FIXED)) == MEASURED);
  for (let reach = SMALLEST_REACH; reach <= LARGEST_REACH; reach++) {
    const side = <u32>(2 * reach + 1);
    const count = backgroundAround(i, reach) - self;
    if (count >= 10 || count * 4 >= side * side) return reach;
  }
  return 0;
}

/** Mean of the background's BT4 (k = 2) or D (k = 3); 0 if there is too little background. */
function backgroundValue(i: i32, k: u32): f64 {
  const reach = enoughReach(i);
  if (reach == 0) return 0;
  const self = u32((markOf(i) & (MEASURED | CLOUD | WATER | BACKGROUND_FIRE | FIXED)) == MEASURED);
  const count = backgroundAround(i, reach) - self;
  return sumAround(i, reach, k == 2 ? 0 : 2) / <f64>count;
}
