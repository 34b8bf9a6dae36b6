// Squared distances between all rows, by direct differences in f64. |x|^2 + |y|^2 - 2xy would be faster, and cancels: two
// equal rows far from 0 would not be at distance 0.
//
// The order of each sum is fixed: one accumulator for a pair, columns from 0 to d - 1. So every implementation that keeps it
// gets the same bits. Speed comes from 8 pairs at a time, whose sums do not wait for each other.
import { CHUNK, Rows, chunkLength, floats, numberAt, readChunk } from "./rows";
import { rootOf, scale, wide } from "./wide";

// Between these a sum of squares has lost nothing that counts, and thousands of them can be added.
const LEAST: f64 = 1e-270;
const MOST: f64 = 1e300;

/**
 * Fills `out`, n × n numbers, with the squared distances; 0 on the diagonal.
 *
 * @returns whether they are wide numbers: all of them are as soon as one of them would be beyond an f64, or would vanish.
 */
export function squaredDistances(rows: Rows, out: usize): bool {
  const n = rows.count;
  const d = rows.dimension;
  memory.fill(out, 0, <usize>n * n * 8);
  const chunk = floats(n * CHUNK);
  for (let first: u32 = 0; first < d; first += CHUNK) {
    const length = chunkLength(d, first);
    for (let row: u32 = 0; row < n; row++) {
      readChunk(rows, row, first, length, chunk + <usize>row * CHUNK * 8);
    }
    addChunk(chunk, n, length, out);
  }
  for (let i: u32 = 0; i < n; i++) {
    for (let j: u32 = i + 1; j < n; j++) {
      store<f64>(out + <usize>(j * n + i) * 8, load<f64>(out + <usize>(i * n + j) * 8));
    }
  }
  if (isExact(rows, out)) return false;
  for (let i: u32 = 0; i < n; i++) {
    for (let j: u32 = 0; j < i; j++) {
      const at = out + <usize>(i * n + j) * 8;
      const sum = load<f64>(at);
      const square = sum >= LEAST && sum <= MOST ? wide(sum, 0) : squaredDistance(rows, i, rows.start(j), rows.width);
      store<f64>(at, square);
      store<f64>(out + <usize>(j * n + i) * 8, square);
    }
  }
  return true;
}

/** Whether every sum of squares is in the range, or of two equal rows. The squares of 32-bit floats always are. */
function isExact(rows: Rows, sums: usize): bool {
  if (rows.width == 4) return true;
  const n = rows.count;
  for (let i: u32 = 0; i < n; i++) {
    for (let j: u32 = 0; j < i; j++) {
      const sum = load<f64>(sums + <usize>(i * n + j) * 8);
      if (sum >= LEAST && sum <= MOST) continue;
      if (sum != 0 || memory.compare(rows.start(i), rows.start(j), <usize>rows.dimension * 8) != 0) return false;
    }
  }
  return true;
}

/** Squared distance, as a wide number, of a row from the d numbers of `width` bytes at `point`: right whatever their size. */
export function squaredDistance(rows: Rows, row: u32, point: usize, width: u32): f64 {
  const d = rows.dimension;
  const start = rows.start(row);
  let largest = largestDifference(rows, row, point, width, 1);
  if (largest == 0) return 0;
  // Two numbers can be farther apart than an f64 goes. Nothing else is shrunk: it would cost the smallest ones their last bit.
  const shrunk = isFinite(largest) ? 0 : 2;
  const share: f64 = shrunk ? 0.25 : 1;
  if (shrunk) largest = largestDifference(rows, row, point, width, share);
  const exponent = exponentOfF64(largest);
  let sum: f64 = 0;
  for (let c: u32 = 0; c < d; c++) {
    const difference = scale(numberAt(start, rows.width, c) * share - numberAt(point, width, c) * share, -exponent);
    sum += difference * difference;
  }
  return wide(sum, 2 * (exponent + shrunk));
}

function largestDifference(rows: Rows, row: u32, point: usize, width: u32, share: f64): f64 {
  const start = rows.start(row);
  let largest: f64 = 0;
  for (let c: u32 = 0; c < rows.dimension; c++) {
    largest = max(largest, abs(numberAt(start, rows.width, c) * share - numberAt(point, width, c) * share));
  }
  return largest;
}

function exponentOfF64(value: f64): i32 {
  const bits = reinterpret<u64>(value);
  return bits >>> 52 ? <i32>(bits >>> 52) - 1023 : -1011 - <i32>clz<u64>(bits);
}

/** Distance of a row from a point of f64, Infinity if it is beyond; the squares are added from the first column on. */
export function distanceTo(rows: Rows, row: u32, point: usize, line: usize): f64 {
  const d = rows.dimension;
  let sum: f64 = 0;
  for (let first: u32 = 0; first < d; first += CHUNK) {
    const length = chunkLength(d, first);
    readChunk(rows, row, first, length, line);
    let to = point + <usize>first * 8;
    for (let at = line, end = line + <usize>length * 8; at < end; at += 8, to += 8) {
      const difference = load<f64>(at) - load<f64>(to);
      sum += difference * difference;
    }
  }
  if (sum >= LEAST && sum <= MOST) return sqrt(sum);
  return rootOf(squaredDistance(rows, row, point, 8), 0);
}

/** Adds what `length` columns contribute to the upper triangle. */
function addChunk(chunk: usize, n: u32, length: u32, out: usize): void {
  const pitch = <usize>CHUNK * 8;
  const bytes = <usize>length * 8;
  let i: u32 = 0;
  for (; i + 1 < n; i += 2) {
    const a = chunk + <usize>i * pitch;
    const sums = out + <usize>i * n * 8;
    addPair(a, a + pitch, bytes, sums + <usize>(i + 1) * 8);
    let j = i + 2;
    for (; j + 3 < n; j += 4) addTile(a, chunk + <usize>j * pitch, bytes, sums + <usize>j * 8, <usize>n * 8);
    for (; j < n; j++) {
      const b = chunk + <usize>j * pitch;
      addPair(a, b, bytes, sums + <usize>j * 8);
      addPair(a + pitch, b, bytes, sums + <usize>(n + j) * 8);
    }
  }
}

function addPair(a: usize, b: usize, bytes: usize, sum: usize): void {
  let total = load<f64>(sum);
  for (const end = a + bytes; a < end; a += 8, b += 8) {
    const difference = load<f64>(a) - load<f64>(b);
    total += difference * difference;
  }
  store<f64>(sum, total);
}

/** Two rows from `a` on against four from `b` on. */
function addTile(a: usize, b: usize, bytes: usize, sums: usize, sumPitch: usize): void {
  const below = sums + sumPitch;
  let s00 = load<f64>(sums, 0);
  let s01 = load<f64>(sums, 8);
  let s02 = load<f64>(sums, 16);
  let s03 = load<f64>(sums, 24);
  let s10 = load<f64>(below, 0);
  let s11 = load<f64>(below, 8);
  let s12 = load<f64>(below, 16);
  let s13 = load<f64>(below, 24);
  for (const end = a + bytes; a < end; a += 8, b += 8) {
    const a0 = load<f64>(a, 0);
    const a1 = load<f64>(a, CHUNK * 8);
    const b0 = load<f64>(b, 0);
    const b1 = load<f64>(b, CHUNK * 8);
    const b2 = load<f64>(b, 2 * CHUNK * 8);
    const b3 = load<f64>(b, 3 * CHUNK * 8);
    let difference = a0 - b0;
    s00 += difference * difference;
    difference = a0 - b1;
    s01 += difference * difference;
    difference = a0 - b2;
    s02 += difference * difference;
    difference = a0 - b3;
    s03 += difference * difference;
    difference = a1 - b0;
    s10 += difference * difference;
    difference = a1 - b1;
    s11 += difference * difference;
    difference = a1 - b2;
    s12 += difference * difference;
    difference = a1 - b3;
    s13 += difference * difference;
  }
  store<f64>(sums, s00, 0);
  store<f64>(sums, s01, 8);
  store<f64>(sums, s02, 16);
  store<f64>(sums, s03, 24);
  store<f64>(below, s10, 0);
  store<f64>(below, s11, 8);
  store<f64>(below, s12, 16);
  store<f64>(below, s13, 24);
}
