// Sums to bytes.

// @ts-ignore: decorator
@inline
function byteOf(q: i64): i32 {
  return <i32>max<i64>(-128, min<i64>(127, q));
}

/** zero + sum · multiplier / 2^shift, rounded, halves up. The product of two numbers below 2³¹ fits 64 bits with the half. */
// @ts-ignore: decorator
@inline
function requantised(sum: i64, multiplier: i64, shift: i64, zero: i64): i32 {
  return byteOf(zero + ((sum * multiplier + ((<i64>1 << shift) >> 1)) >> shift));
}
