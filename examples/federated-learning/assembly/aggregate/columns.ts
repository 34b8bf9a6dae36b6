// Rules that look at each coordinate by itself.
import { CHUNK, Rows, chunkLength, floats } from "./rows";
import { sortAscending } from "./sort";
import { halfway, medianOf } from "./median";
import { MAX_CLIENTS } from "./layout";

/** What a coordinate's n values become. */
export enum ColumnRule {
  /** The middle value, or the mean of the middle two. */
  median,
  /** The mean without the `parameter` smallest and largest. */
  trimmedMean,
  /** The mean of the `parameter` values nearest to their median; of two equally near ones the smaller. */
  aroundMedian,
  /** The mean of the `parameter` values nearest to what `reference` has. */
  aroundReference,
}

/** Writes the d numbers of a rule to `out`. Sums go from the smallest value to the largest. */
export function byColumn(rows: Rows, rule: ColumnRule, parameter: u32, reference: usize, out: usize): void {
  const n = rows.count;
  const d = rows.dimension;
  const columns = floats(n * CHUNK);
  const room = floats(n);
  for (let first: u32 = 0; first < d; first += CHUNK) {
    const length = chunkLength(d, first);
    transpose(rows, first, length, columns);
    for (let c: u32 = 0; c < length; c++) {
      const column = columns + <usize>c * n * 8;
      const at = out + <usize>(first + c) * 8;
      if (rule == ColumnRule.median) {
        store<f64>(at, medianOf(column, n, room));
        continue;
      }
      sortAscending(column, n, room);
      let from: u32 = 0;
      let to = n;
      if (rule == ColumnRule.trimmedMean) {
        from = parameter;
        to = n - parameter;
      } else {
        const centre = rule == ColumnRule.aroundMedian
          ? middle(column, n)
          : load<f64>(reference + <usize>(first + c) * 8);
        // The nearest ones stand side by side, so the farther end goes until enough have gone.
        while (to - from > parameter) {
          const lowest = load<f64>(column + <usize>from * 8);
          const highest = load<f64>(column + <usize>(to - 1) * 8);
          if (isFartherBelow(lowest, centre, highest)) from++;
          else to--;
        }
      }
      store<f64>(at, meanOf(column + <usize>from * 8, to - from));
    }
  }
}

function isFartherBelow(lowest: f64, centre: f64, highest: f64): bool {
  const below = centre - lowest;
  const above = highest - centre;
  if (isFinite(below) && isFinite(above)) return below > above;
  return centre / 2 - lowest / 2 > highest / 2 - centre / 2;
}

function meanOf(values: usize, count: u32): f64 {
  let sum: f64 = 0;
  for (let i: u32 = 0; i < count; i++) sum += load<f64>(values + <usize>i * 8);
  if (isFinite(sum)) return sum / <f64>count;
  // The mean is no larger than the largest, but the sum can be.
  sum = 0;
  for (let i: u32 = 0; i < count; i++) sum += load<f64>(values + <usize>i * 8) / MAX_CLIENTS;
  return (sum / <f64>count) * MAX_CLIENTS;
}

/** The median of sorted values. */
function middle(sorted: usize, n: u32): f64 {
  const upper = load<f64>(sorted + <usize>(n >> 1) * 8);
  return n & 1 ? upper : halfway(load<f64>(sorted + <usize>((n >> 1) - 1) * 8), upper);
}

/** Columns `first` to `first + length` of all rows, each as n numbers in a row. */
function transpose(rows: Rows, first: u32, length: u32, columns: usize): void {
  const n = rows.count;
  const pitch = <usize>n * 8;
  for (let row: u32 = 0; row < n; row++) {
    let to = columns + <usize>row * 8;
    let at = rows.start(row) + <usize>first * rows.width;
    const end = to + length * pitch;
    if (rows.width == 4) {
      for (; to < end; at += 4, to += pitch) store<f64>(to, <f64>load<f32>(at));
    } else {
      for (; to < end; at += 8, to += pitch) store<f64>(to, load<f64>(at));
    }
  }
}
