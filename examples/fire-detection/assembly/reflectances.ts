// The numbers that a rule on reflectances reports of a fire: the reflectances that it was judged by.

const VALUES: u32 = 3;

function valueOf(i: i32, k: u32): f64 {
  return valueAt(k, i);
}
