// Hot targets by HOTMAP: Murphy, S.W., de Souza Filho, C.R., Wright, R., Sabatino, G., Correa Pabon, R. (2016), "HOTMAP:
// Global hot target detection at moderate spatial resolution", Remote Sensing of Environment 177, 78-88.
//
//   a: rho12 >= 0.15 and rho12 / rho11 >= 1.4 and rho12 / rhoNIR >= 1.4
//   b: one of the 8 neighbours is an `a`, and (rho11 >= 0.5 and rho11 / rhoNIR >= 2, or the pixel is saturated)
//
// A pixel counts where all three bands were measured: finite, and not nodata. Where an offset makes a denominator 0 or
// negative, its ratio counts as unboundedly large: that is what the ratio of a hot pixel grows to as the ground gets
// darker. Hence comparisons are written as products, rho12 >= 1.4 * rho11, which says the same for positive numbers.

const HALO: i32 = 1;

const MIN_RHO12: f64 = 0.15;
const MIN_RATIO: f64 = 1.4;
const MIN_RHO11: f64 = 0.5;
const MIN_RATIO_11_NIR: f64 = 2.0;

const RULE_A: u32 = 1;
const RULE_B: u32 = 2;

let scale11: f64 = 0;
let scaleNir: f64 = 0;

function classify(): void {
  scale11 = relativeScale(B11);
  scaleNir = relativeScale(NIR);
  setColdBounds();
  const low = coldFrom;
  const span = coldTo - coldFrom;
  const nirLast = nirTo;
  const from = twice(low);
  const to = twice(coldTo);
  const nirFrom = twice(1);
  const nirEnd = twice(nirLast);
  const size = plane;
  const offset12 = offsetOf(B12);
  const offset11 = offsetOf(B11);
  for (let y = halo; y < halo + height; y++) {
    let at = planes + (<usize>(y * pitch + halo) << 2);
    const end = at + (<usize>width << 2);
    const last = end - 16;
    while (at < end) {
      // Two words of each band at a time, while all four pixels are plainly cold.
      while (at <= last) {
        const left12 = load<u64>(at);
        const left11 = load<u64>(at + size);
        const leftNir = load<u64>(at + 2 * size);
        const left = (left12 - from) | (left11 - from) | (left11 - left12) | (to - left11) | (leftNir - nirFrom) | (nirEnd - leftNir);
        const right12 = load<u64>(at, 8);
        const right11 = load<u64>(at + size, 8);
        const rightNir = load<u64>(at + 2 * size, 8);
        const right = (right12 - from) | (right11 - from) | (right11 - right12) | (to - right11) | (rightNir - nirFrom) | (nirEnd - rightNir);
        if ((left | right) & SIGNS) break;
        at += 16;
      }
      for (const next = min(at + 16, end); at < next; at += 4) {
        // Many pixels are cold, but not as plainly.
        if (
          load<u32>(at) - low <= span &&
          load<u32>(at + size) - low <= span &&
          load<u32>(at + 2 * size) - 1 < nirLast &&
          <f64>load<f32>(at) + offset12 < MIN_RATIO * (<f64>load<f32>(at + size) + offset11)
        ) {
          continue;
        }
        judge(<i32>((at - planes) >>> 2));
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function isMeasuredInAll(i: i32): bool {
  return (isMeasuredIn(B12, i) & isMeasuredIn(B11, i) & isMeasuredIn(NIR, i)) != 0;
}

/** DN + offset, times a scale relative to band 12's. */
// @ts-ignore: decorator
@inline
function relativeAt(band: u32, scale: f64, i: i32): f64 {
  return (<f64>dnAt(band, i) + offsetOf(band)) * scale;
}

function judge(i: i32): void {
  if (!isMeasuredInAll(i)) unmeasured++;
  else if (isHot(i)) addFire(i, RULE_A);
  else if (isBright(i) && touchesHot(i)) addFire(i, RULE_B);
}

/** Rule a, for any pixel, halo included. */
function isHot(i: i32): bool {
  const d12 = relativeAt(B12, 1, i);
  return (
    d12 >= MIN_RATIO * relativeAt(B11, scale11, i) &&
    d12 >= MIN_RATIO * relativeAt(NIR, scaleNir, i) &&
    d12 * scaleOf(B12) >= MIN_RHO12 &&
    isMeasuredInAll(i)
  );
}

/** Rule b, but for the neighbour. */
function isBright(i: i32): bool {
  if (<f64>dnAt(B12, i) >= saturationOf(B12) || <f64>dnAt(B11, i) >= saturationOf(B11)) return true;
  const d11 = relativeAt(B11, scale11, i);
  return d11 * scaleOf(B12) >= MIN_RHO11 && d11 >= MIN_RATIO_11_NIR * relativeAt(NIR, scaleNir, i);
}

function touchesHot(i: i32): bool {
  return (
    isHot(i - pitch - 1) || isHot(i - pitch) || isHot(i - pitch + 1) ||
    isHot(i - 1) || isHot(i + 1) ||
    isHot(i + pitch - 1) || isHot(i + pitch) || isHot(i + pitch + 1)
  );
}

// Plainly cold is a pixel that was measured, is no brighter in band 12 than in band 11, and lies far from all other thresholds. Nearly
// all are, and integers tell: the bits of floats that are not negative stand in the order of the floats. So a pixel is plainly
// cold if
//
//   coldFrom <= b12 <= b11 <= coldTo and 1 <= nir <= nirTo
//
// for the bits of its numbers, and two pixels in a word are if no half of a difference is negative. None that is borrows from
// the upper pixel without the lower one being found out.

const SIGNS: u64 = 0x8000_0000_8000_0000;

let coldFrom: u32 = 0;
let coldTo: u32 = 0;
/** While it is 0 no pixel is plainly cold, and all are judged. */
let nirTo: u32 = 0;

/** Finds bounds within which every pixel is measured and no rule can hold, if the calibration lets it. */
function setColdBounds(): void {
  const scale = scaleOf(B12);
  const offset = offsetOf(B11);
  if (!(scale > 0) || scale11 != 1 || !(offsetOf(B12) <= offset)) return;
  let limit = MIN_RHO11 / scale - offset;
  for (let band = B12; band <= B11; band++) {
    if (saturationOf(band) < limit) limit = saturationOf(band);
    const nodata = <f64>nodataOf(band);
    if (nodata > 0 && nodata < limit) limit = nodata;
  }
  if (!(limit > 0)) return;
  const from = reinterpret<u32>(<f32>max<f64>(-offset, 0)) + 1;
  const to = reinterpret<u32>(<f32>limit) - 2;
  // Everything grows with the DN. So what holds of the least d11 and of the largest DN holds of all: d12 <= d11 < 1.4 * d11, and
  // neither band is saturated or has a reflectance of 0.5.
  const least = <f64>reinterpret<f32>(from) + offset;
  const most = <f64>reinterpret<f32>(to);
  if (
    from <= to &&
    least < MIN_RATIO * least &&
    !(most >= saturationOf(B12)) &&
    !(most >= saturationOf(B11)) &&
    (most + offset) * scale < MIN_RHO11
  ) {
    coldFrom = from;
    coldTo = to;
    nirTo = reinterpret<u32>(nodataOf(NIR) > 0 ? nodataOf(NIR) : <f32>Infinity) - 1;
  }
}

// @ts-ignore: decorator
@inline
function twice(bits: u32): u64 {
  return (<u64>bits << 32) | bits;
}
