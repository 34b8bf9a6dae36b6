// Squared distances of any two rows of finite numbers: from 2^-2148 to 2^2080, where an f64 ends at 2^-1074 and 2^1024. A wide
// number is the bits of a positive f64 with 13 bits of exponent and 50 of fraction. So two of them compare as f64 do, and whatever
// sorts and chooses by f64 sorts and chooses by these.

const BIAS: i64 = 2200;
const FRACTION: u64 = (1 << 50) - 1;

/** value · 2^exponent. `value` is 0 or a normal f64. */
export function wide(value: f64, exponent: i32): f64 {
  if (value == 0) return 0;
  const bits = reinterpret<u64>(value);
  const power = <i64>(bits >>> 52) - 1023 + exponent;
  return reinterpret<f64>((<u64>(power + BIAS) << 50) | ((bits >>> 2) & FRACTION));
}

/** The largest power of 2 that is at most `wide`, as its exponent. */
export function exponentOf(wide: f64): i32 {
  return <i32>(<i64>(reinterpret<u64>(wide) >>> 50) - BIAS);
}

/** `wide` without its power of 2: 1 to 2. */
function significandOf(wide: f64): f64 {
  return reinterpret<f64>((<u64>1023 << 52) | ((reinterpret<u64>(wide) & FRACTION) << 2));
}

export function addWide(a: f64, b: f64): f64 {
  const more = max(a, b);
  const less = min(a, b);
  const gap = exponentOf(more) - exponentOf(less);
  if (less == 0 || gap > 60) return more;
  return wide(significandOf(more) + significandOf(less) * powerOfTwo(-gap), exponentOf(more));
}

/** The square root of `wide` · 2^(2 · shift), as an f64: Infinity if it is beyond. */
export function rootOf(wide: f64, shift: i32): f64 {
  if (wide == 0) return 0;
  const exponent = exponentOf(wide);
  const odd = exponent & 1;
  return scale(sqrt(significandOf(wide) * (odd ? 2 : 1)), (exponent - odd) / 2 + shift);
}

/** As an f64; the largest one for what is beyond. */
export function narrow(wide: f64): f64 {
  return wide == 0 ? 0 : min(scale(significandOf(wide), exponentOf(wide)), f64.MAX_VALUE);
}

/** value · 2^exponent, in steps that each are a normal number. */
export function scale(value: f64, exponent: i32): f64 {
  for (; exponent > 1000; exponent -= 1000) value *= powerOfTwo(1000);
  for (; exponent < -1000; exponent += 1000) value *= powerOfTwo(-1000);
  return value * powerOfTwo(exponent);
}

// @ts-ignore: decorator
@inline
function powerOfTwo(exponent: i32): f64 {
  return reinterpret<f64>(<u64>(1023 + exponent) << 52);
}
