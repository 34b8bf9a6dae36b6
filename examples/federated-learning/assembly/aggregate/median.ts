// The median by selection (Hoare's FIND): the values around the middle, without sorting the rest.
import { sortAscending } from "./sort";

/** The middle of `n` f64 at `values`, or the mean of the middle two. Changes their order; `room` has place for as many. */
export function medianOf(values: usize, n: u32, room: usize): f64 {
  const target = values + <usize>(n >> 1) * 8;
  select(values, values + <usize>(n - 1) * 8, target, n, room);
  const upper = load<f64>(target);
  if (n & 1) return upper;
  // Everything before the target is at most as large: the other one in the middle is the largest of them.
  let lower = load<f64>(values);
  for (let at = values + 8; at < target; at += 8) {
    const value = load<f64>(at);
    if (value > lower) lower = value;
  }
  return halfway(lower, upper);
}

/** Between two values, whose sum can be beyond an f64. */
export function halfway(lower: f64, upper: f64): f64 {
  const sum = lower + upper;
  return isFinite(sum) ? sum / 2 : lower / 2 + upper / 2;
}

/** Puts the value that belongs to `target` there, smaller ones before it and larger ones behind. */
function select(low: usize, high: usize, target: usize, n: u32, room: usize): void {
  // Values chosen to make every pivot a bad one are sorted instead.
  let patience = 2 * (32 - clz<u32>(n)) + 4;
  while (high > low) {
    if (patience-- == 0) return sortAscending(low, <u32>((high - low) >>> 3) + 1, room);
    const first = load<f64>(low);
    const middle = load<f64>(low + (((high - low) >>> 4) << 3));
    const last = load<f64>(high);
    // The median of three.
    const small = first < middle ? first : middle;
    const large = first < middle ? middle : first;
    const pivot = last < small ? small : last > large ? large : last;
    let i = low;
    let j = high;
    do {
      let left = load<f64>(i);
      while (left < pivot) {
        i += 8;
        left = load<f64>(i);
      }
      let right = load<f64>(j);
      while (right > pivot) {
        j -= 8;
        right = load<f64>(j);
      }
      if (i > j) break;
      store<f64>(i, right);
      store<f64>(j, left);
      i += 8;
      j -= 8;
    } while (i <= j);
    if (target <= j) high = j;
    else if (target >= i) low = i;
    else return;
  }
}
