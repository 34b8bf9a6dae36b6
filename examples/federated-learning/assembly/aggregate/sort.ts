// Merge sort from the bottom up: n log n whatever the values, so that nobody can send updates that take forever.
import { floats } from "./rows";

/** Sorts `n` f64 at `values`, none of them NaN; equal ones stay in order. `room` has place for as many. */
export function sortAscending(values: usize, n: u32, room: usize): void {
  const RUN: u32 = 16;
  for (let first: u32 = 0; first < n; first += RUN) {
    insertionSort(values + <usize>first * 8, min(RUN, n - first));
  }
  let from = values;
  let to = room;
  for (let size = RUN; size < n; size <<= 1) {
    for (let first: u32 = 0; first < n; first += 2 * size) {
      merge(from, to, first, min(first + size, n), min(first + 2 * size, n));
    }
    const swapped = from;
    from = to;
    to = swapped;
  }
  if (from != values) memory.copy(values, from, <usize>n * 8);
}

/** The value that sorting would put at `place`; `values` stay as they are. */
export function inOrder(values: usize, n: u32, place: u32): f64 {
  const sorted = floats(n);
  memory.copy(sorted, values, <usize>n * 8);
  sortAscending(sorted, n, floats(n));
  return load<f64>(sorted + <usize>place * 8);
}

function insertionSort(values: usize, n: u32): void {
  const end = values + <usize>n * 8;
  for (let at = values + 8; at < end; at += 8) {
    const value = load<f64>(at);
    let to = at;
    while (to > values && load<f64>(to - 8) > value) {
      store<f64>(to, load<f64>(to - 8));
      to -= 8;
    }
    store<f64>(to, value);
  }
}

function merge(from: usize, to: usize, first: u32, half: u32, last: u32): void {
  let left = from + <usize>first * 8;
  let right = from + <usize>half * 8;
  const leftEnd = right;
  const rightEnd = from + <usize>last * 8;
  for (let at = to + <usize>first * 8, end = to + <usize>last * 8; at < end; at += 8) {
    if (left < leftEnd && (right >= rightEnd || load<f64>(left) <= load<f64>(right))) {
      store<f64>(at, load<f64>(left));
      left += 8;
    } else {
      store<f64>(at, load<f64>(right));
      right += 8;
    }
  }
}
