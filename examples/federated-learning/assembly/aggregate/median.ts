// The median by selection (Hoare's FIND): the values around the middle, without sorting the rest. Nobody can foresee how two values
// compare, so what follows from it is an address, and hardly ever a branch.
import { sortAscending } from "./sort";

/** The middle of `n` f64 at `values`, or the mean of the middle two. Changes their order; `room` has place for as many. */
export function medianOf(values: usize, n: u32, room: usize): f64 {
  const target = values + <usize>(n >> 1) * 8;
  let at = select(values, values + <usize>(n - 1) * 8, target, n, room);
  const upper = load<f64>(target);
  if (n & 1) return upper;
  // The other one in the middle is the largest of those before it.
  let lower = load<f64>(at);
  for (at += 8; at < target; at += 8) {
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

/**
 * Puts the value that belongs to `target` there, smaller ones before it and larger ones behind.
 *
 * @returns an address before `target`, if that is not the first: no value before the address is larger than those from there on.
 */
function select(low: usize, high: usize, target: usize, n: u32, room: usize): usize {
  let floor = low;
  // Values chosen to make every pivot a bad one are sorted instead.
  let patience = 2 * (32 - clz<u32>(n)) + 4;
  while (high > low) {
    if (patience-- == 0) {
      sortAscending(low, <u32>((high - low) >>> 3) + 1, room);
      break;
    }
    // The median of three, by where they are.
    const middle = low + (((high - low) >>> 4) << 3);
    const isAscending = load<f64>(low) < load<f64>(middle);
    const small = isAscending ? low : middle;
    const large = isAscending ? middle : low;
    const last = load<f64>(high);
    const upper = last > load<f64>(large) ? large : high;
    const pivot = load<f64>(last < load<f64>(small) ? small : upper);
    // Lomuto's partition: what is less than the pivot goes before `bound`.
    let bound = low;
    for (let at = low; at <= high; at += 8) {
      const value = load<f64>(at);
      store<f64>(at, load<f64>(bound));
      store<f64>(bound, value);
      bound += <usize>(value < pivot) << 3;
    }
    if (target < bound) {
      high = bound - 8;
      continue;
    }
    if (bound == low) {
      // None is less: those that equal the pivot go first.
      for (let at = low; at <= high; at += 8) {
        const value = load<f64>(at);
        store<f64>(at, load<f64>(bound));
        store<f64>(bound, value);
        bound += <usize>(value == pivot) << 3;
      }
      if (target < bound) return low < target ? low : floor;
    }
    low = bound;
    if (low < target) floor = low;
  }
  return floor;
}
