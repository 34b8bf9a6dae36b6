// log and exp from +, −, ×, ÷ alone, so that they give the same bits in every engine: ECMAScript leaves those of Math.log and
// Math.exp open. Within a few units in the last place of the true value.

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const SQRT2 = Math.SQRT2;

/** Natural logarithm of a positive, finite, normal number. */
export function log(x: number): number {
  let m = x;
  let e = 0;
  while (m > SQRT2) {
    m /= 2;
    e += 1;
  }
  while (m < SQRT2 / 2) {
    m *= 2;
    e -= 1;
  }
  // 2 artanh((m − 1) / (m + 1)), a series in t² ≤ 0.03.
  const t = (m - 1) / (m + 1);
  const tt = t * t;
  let series = 0;
  for (let k = 23; k >= 1; k -= 2) series = series * tt + 1 / k;
  return e * LN2_HIGH + (2 * t * series + e * LN2_LOW);
}

/** e to the x, for |x| < 700. */
export function exp(x: number): number {
  const k = Math.round(x / Math.LN2);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let series = 1;
  for (let i = 16; i >= 1; i--) series = 1 + (series * r) / i;
  return series * 2 ** k;
}
