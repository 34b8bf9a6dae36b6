// Thermal anomaly index: Liu, Y., Zhi, W., Xu, B., Xu, W., Wu, W. (2021), "Detecting high-temperature anomalies from Sentinel-2
// MSI images", ISPRS Journal of Photogrammetry and Remote Sensing 177, 174-193.
//
//   TAI = (rho12 - rho11) / rho8A
//   seed:      max(TAI, 0) - mean of max(TAI, 0) over 15 x 15 > 0.45
//   anomaly:   TAI >= 0.45, a seed within 7 pixels, rho12 - rho11 > rho11 - rho8A, rho12 > 0.15
//   saturated: touches an anomaly, and rho12 >= 1 and rho11 >= 1
//   fire = (anomaly or saturated) and rho11 > 0.05 and rho8A > 0.01
//
// The mean is taken over what was measured, where rho8A is positive. A DN that the product calls saturated counts as rho >= 1.

const MIN_TAI: f64 = 0.45;
const MIN_RHO12: f64 = 0.15;
const FULL: f64 = 1.0;
const DARK11: f64 = 0.05;
const DARK_NIR: f64 = 0.01;
/** Pixels from a window's middle to its rim. */
const REACH: i32 = 7;
/** A neighbour's seed may be REACH away, and its mean reaches as far again. */
const HALO: i32 = 15;

const DEFINED: u32 = 2;
const SEED: u32 = 4;
/** A seed is within REACH, so far along the row. */
const NEAR_IN_ROW: u32 = 8;
const ANOMALY: u32 = 16;

let index: usize = 0;

// @ts-ignore: decorator
@inline
function taiAt(i: i32): f64 {
  return load<f64>(index + (<usize>i << 3));
}

function classify(): void {
  index = new Float64Array(pixels).dataStart;
  for (let i: i32 = 0; i < pixels; i++) {
    const measured = isMeasuredIn(B12, i) & isMeasuredIn(B11, i) & isMeasuredIn(NIR, i);
    const nir = valueAt(NIR, i);
    const defined = measured & u32(nir > 0);
    setMark(i, measured * MEASURED | defined * DEFINED);
    if (defined) {
      store<f64>(index + (<usize>i << 3), (valueAt(B12, i) - valueAt(B11, i)) / nir);
    }
  }
  for (let y = REACH; y < rows - REACH; y++) {
    for (let x = REACH; x < pitch - REACH; x++) {
      const i = y * pitch + x;
      if (markOf(i) & DEFINED && taiAt(i) > MIN_TAI && taiAt(i) - meanAround(x, y) > MIN_TAI) {
        setMark(i, markOf(i) | SEED);
      }
    }
  }
  for (let y = REACH; y < rows - REACH; y++) {
    for (let x = HALO - 1; x < pitch - HALO + 1; x++) {
      const i = y * pitch + x;
      for (let dx = -REACH; dx <= REACH; dx++) {
        if (markOf(i + dx) & SEED) setMark(i, markOf(i) | NEAR_IN_ROW);
      }
    }
  }
  for (let y = HALO - 1; y < rows - HALO + 1; y++) {
    for (let x = HALO - 1; x < pitch - HALO + 1; x++) {
      const i = y * pitch + x;
      if (isAnomaly(i)) setMark(i, markOf(i) | ANOMALY);
    }
  }
  for (let y = halo; y < halo + height; y++) {
    for (let i = y * pitch + halo, end = i + width; i < end; i++) {
      const bits = markOf(i);
      if (!(bits & MEASURED) || valueAt(B11, i) <= DARK11 || valueAt(NIR, i) <= DARK_NIR) continue;
      if (bits & ANOMALY) setClass(i, 1);
      else if (isFull(B12, i) && isFull(B11, i) && touches(i, ANOMALY)) setClass(i, 2);
    }
  }
}

/** Row by row from the window's corner, so that the sum is the same wherever a tile begins. */
function meanAround(x: i32, y: i32): f64 {
  let sum: f64 = 0;
  let count: i32 = 0;
  for (let dy = -REACH; dy <= REACH; dy++) {
    for (let i = (y + dy) * pitch + x - REACH, end = i + 2 * REACH; i <= end; i++) {
      if (!(markOf(i) & DEFINED)) continue;
      sum += max(taiAt(i), 0);
      count++;
    }
  }
  return sum / <f64>count;
}

function isAnomaly(i: i32): bool {
  if (!(markOf(i) & DEFINED) || taiAt(i) < MIN_TAI) return false;
  const rho12 = valueAt(B12, i);
  const rho11 = valueAt(B11, i);
  if (!(rho12 > MIN_RHO12) || !(rho12 - rho11 > rho11 - valueAt(NIR, i))) return false;
  for (let dy = -REACH; dy <= REACH; dy++) {
    if (markOf(i + dy * pitch) & NEAR_IN_ROW) return true;
  }
  return false;
}

function isFull(band: u32, i: i32): bool {
  return valueAt(band, i) >= FULL || <f64>dnAt(band, i) >= saturationOf(band);
}
