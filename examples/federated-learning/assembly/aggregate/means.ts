// Weighted sums of whole updates, and what is built from them. Rows are added in their order.
import { CHUNK, Rows, chunkLength, floats, newRows, readChunk } from "./rows";
import { squaredDistances } from "./distances";
import { sortAscending } from "./sort";
import { takeNearest } from "./selection";

/** `out` = sum of weight · row over the rows, divided by the sum of the weights. */
export function weightedMean(rows: Rows, weights: usize, out: usize): void {
  const d = rows.dimension;
  const line = floats(CHUNK);
  let total: f64 = 0;
  for (let row: u32 = 0; row < rows.count; row++) total += load<f64>(weights + <usize>row * 8);
  for (let first: u32 = 0; first < d; first += CHUNK) {
    const length = chunkLength(d, first);
    const at = out + <usize>first * 8;
    memory.fill(at, 0, <usize>length * 8);
    for (let row: u32 = 0; row < rows.count; row++) {
      const weight = load<f64>(weights + <usize>row * 8);
      if (weight == 0) continue;
      readChunk(rows, row, first, length, line);
      for (let c: usize = 0; c < <usize>length * 8; c += 8) {
        store<f64>(at + c, load<f64>(at + c) + weight * load<f64>(line + c));
      }
    }
    for (let c: usize = 0; c < <usize>length * 8; c += 8) store<f64>(at + c, load<f64>(at + c) / total);
  }
}

/** The mean of the rows that are marked. */
export function meanOfTaken(rows: Rows, taken: usize, out: usize): void {
  const weights = floats(rows.count);
  for (let row: u32 = 0; row < rows.count; row++) {
    store<f64>(weights + <usize>row * 8, <f64>load<u8>(taken + row));
  }
  weightedMean(rows, weights, out);
}

/** Distance of a row from a point; the squares are added from the first column on. */
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
  return sqrt(sum);
}

function distanceBetween(a: usize, b: usize, d: u32): f64 {
  let sum: f64 = 0;
  for (const end = a + <usize>d * 8; a < end; a += 8, b += 8) {
    const difference = load<f64>(a) - load<f64>(b);
    sum += difference * difference;
  }
  return sqrt(sum);
}

/**
 * The smoothed geometric median by Weiszfeld's iteration, from what `out` holds on: weights 1 / max(nu, distance). It ends when a
 * step is at most `tolerance` times the mean distance of the rows, or after `iterations` steps.
 *
 * @returns the number of steps, or 0 if they were not enough. With a tolerance of 0 all steps are made, and are enough.
 */
export function geometricMedian(rows: Rows, nu: f64, tolerance: f64, iterations: u32, out: usize): u32 {
  const n = rows.count;
  const weights = floats(n);
  const line = floats(CHUNK);
  const next = floats(rows.dimension);
  for (let step: u32 = 1; step <= iterations; step++) {
    let spread: f64 = 0;
    for (let row: u32 = 0; row < n; row++) {
      const distance = distanceTo(rows, row, out, line);
      spread += distance;
      store<f64>(weights + <usize>row * 8, 1 / max(nu, distance));
    }
    weightedMean(rows, weights, next);
    const moved = distanceBetween(next, out, rows.dimension);
    memory.copy(out, next, <usize>rows.dimension * 8);
    if (tolerance > 0 && moved <= (tolerance * spread) / n) return step;
  }
  return tolerance > 0 ? 0 : iterations;
}

/** Centered clipping from what `out` holds on (Karimireddy, He, Jaggi 2021): v += mean of (x - v) · min(1, tau / |x - v|). */
export function centeredClipping(rows: Rows, tau: f64, passes: u32, out: usize): void {
  const n = rows.count;
  const d = rows.dimension;
  const line = floats(CHUNK);
  const sum = floats(d);
  for (let pass: u32 = 0; pass < passes; pass++) {
    memory.fill(sum, 0, <usize>d * 8);
    for (let row: u32 = 0; row < n; row++) {
      const distance = distanceTo(rows, row, out, line);
      const factor = distance > tau ? tau / distance : 1;
      for (let first: u32 = 0; first < d; first += CHUNK) {
        const length = chunkLength(d, first);
        readChunk(rows, row, first, length, line);
        const at = sum + <usize>first * 8;
        const centre = out + <usize>first * 8;
        for (let c: usize = 0; c < <usize>length * 8; c += 8) {
          store<f64>(at + c, load<f64>(at + c) + (load<f64>(line + c) - load<f64>(centre + c)) * factor);
        }
      }
    }
    for (let c: usize = 0; c < <usize>d * 8; c += 8) {
      store<f64>(out + c, load<f64>(out + c) + load<f64>(sum + c) / n);
    }
  }
}

/** Nearest-neighbour mixing (Allouah et al. 2023): each row becomes the mean of the n - f nearest to it, itself included. */
export function nearestNeighbourMixing(rows: Rows, f: u32): Rows {
  const n = rows.count;
  const distances = floats(n * n);
  squaredDistances(rows, distances);
  const taken = new Uint8Array(n).dataStart;
  const mixed = newRows(n, rows.dimension);
  for (let row: u32 = 0; row < n; row++) {
    takeNearest(distances, n, row, n - f, taken);
    meanOfTaken(rows, taken, mixed.start(row));
  }
  return mixed;
}

/** Every row no longer than `norm`; longer ones are scaled down to it. */
export function clipNorms(rows: Rows, norm: f64): Rows {
  const d = rows.dimension;
  const line = floats(CHUNK);
  const origin = floats(d);
  const clipped = newRows(rows.count, d);
  for (let row: u32 = 0; row < rows.count; row++) {
    const length = distanceTo(rows, row, origin, line);
    const to = clipped.start(row);
    for (let first: u32 = 0; first < d; first += CHUNK) {
      readChunk(rows, row, first, chunkLength(d, first), to + <usize>first * 8);
    }
    if (length <= norm) continue;
    const factor = norm / length;
    for (let c: usize = 0; c < <usize>d * 8; c += 8) store<f64>(to + c, load<f64>(to + c) * factor);
  }
  return clipped;
}

/** Adaptive robust clipping (Allouah et al. 2025): the floor(2 f (n - f) / n) longest rows become as long as the next one. */
export function adaptiveClipping(rows: Rows, f: u32): Rows {
  const n = rows.count;
  const clipped = min<u32>((2 * f * (n - f)) / n, n - 1);
  const norms = floats(n);
  const origin = floats(rows.dimension);
  const line = floats(CHUNK);
  for (let row: u32 = 0; row < n; row++) {
    store<f64>(norms + <usize>row * 8, distanceTo(rows, row, origin, line));
  }
  sortAscending(norms, n, floats(n));
  return clipNorms(rows, load<f64>(norms + <usize>(n - 1 - clipped) * 8));
}
