// Weighted sums of whole updates, and what is built from them. Rows are added in their order.
import { CHUNK, Rows, chunkLength, floats, newRows, readChunk } from "./rows";
import { distanceTo, squaredDistance, squaredDistances } from "./distances";
import { rootOf } from "./wide";
import { inOrder } from "./sort";
import { takeNearest } from "./selection";
import { MAX_CLIENTS } from "./layout";

/** Divided by 2 to this, the distance of any two rows is an f64. */
const FAR: i32 = 16;
const FAR_UNIT: f64 = 1.0 / 65536;
/** A smaller share would be rounded too coarsely: it is taken in two steps. */
const LEAST_FACTOR: f64 = 1e-290;

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

/** The mean of the rows that are marked. It is no larger than the largest of them, though their sum can be. */
export function meanOfTaken(rows: Rows, taken: usize, out: usize): void {
  meanInUnits(rows, taken, 1, out);
  for (let c: usize = 0; c < <usize>rows.dimension * 8; c += 8) {
    if (!isFinite(load<f64>(out + c))) return meanInUnits(rows, taken, 1 / <f64>MAX_CLIENTS, out);
  }
}

function meanInUnits(rows: Rows, taken: usize, unit: f64, out: usize): void {
  const weights = floats(rows.count);
  for (let row: u32 = 0; row < rows.count; row++) {
    store<f64>(weights + <usize>row * 8, <f64>load<u8>(taken + row) * unit);
  }
  weightedMean(rows, weights, out);
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
      const isFar = factor < LEAST_FACTOR;
      const length = isFar ? shrunkDistance(rows, row, out) : 0;
      for (let first: u32 = 0; first < d; first += CHUNK) {
        const count = chunkLength(d, first);
        readChunk(rows, row, first, count, line);
        const at = sum + <usize>first * 8;
        const centre = out + <usize>first * 8;
        for (let c: usize = 0; c < <usize>count * 8; c += 8) {
          const x = load<f64>(line + c);
          const v = load<f64>(centre + c);
          const step = isFar ? ((x * FAR_UNIT - v * FAR_UNIT) / length) * tau : (x - v) * factor;
          store<f64>(at + c, load<f64>(at + c) + step);
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
  return clipTo(rows, lengthsOf(rows, 0), norm, 0);
}

/** Adaptive robust clipping (Allouah et al. 2025): the floor(2 f (n - f) / n) longest rows become as long as the next one. */
export function adaptiveClipping(rows: Rows, f: u32): Rows {
  const n = rows.count;
  const next = n - 1 - min<u32>((2 * f * (n - f)) / n, n - 1);
  let shift = 0;
  let lengths = lengthsOf(rows, shift);
  if (!isFinite(inOrder(lengths, n, next))) {
    shift = FAR;
    lengths = lengthsOf(rows, shift);
  }
  return clipTo(rows, lengths, inOrder(lengths, n, next), shift);
}

/** Lengths of all rows, divided by 2^shift; Infinity for those beyond an f64. */
function lengthsOf(rows: Rows, shift: i32): usize {
  const origin = floats(rows.dimension);
  const line = floats(CHUNK);
  const lengths = floats(rows.count);
  for (let row: u32 = 0; row < rows.count; row++) {
    const length = shift > 0 ? shrunkDistance(rows, row, origin) : distanceTo(rows, row, origin, line);
    store<f64>(lengths + <usize>row * 8, length);
  }
  return lengths;
}

/** Divided by 2^FAR. */
function shrunkDistance(rows: Rows, row: u32, point: usize): f64 {
  return rootOf(squaredDistance(rows, row, point, 8), -FAR);
}

/** `lengths` and `norm` are both divided by 2^shift, which is 0 or FAR. */
function clipTo(rows: Rows, lengths: usize, norm: f64, shift: i32): Rows {
  const d = rows.dimension;
  const clipped = newRows(rows.count, d);
  const origin = floats(d);
  for (let row: u32 = 0; row < rows.count; row++) {
    const length = load<f64>(lengths + <usize>row * 8);
    const to = clipped.start(row);
    readChunk(rows, row, 0, d, to);
    if (length <= norm) continue;
    const factor = norm / length;
    const isFar = shift > 0 || factor < LEAST_FACTOR;
    const shrunk = isFar ? shrunkDistance(rows, row, origin) : 0;
    const unit = shift > 0 ? 1 : FAR_UNIT;
    for (let c: usize = 0; c < <usize>d * 8; c += 8) {
      const x = load<f64>(to + c);
      store<f64>(to + c, isFar ? ((x * unit) / shrunk) * norm : x * factor);
    }
  }
  return clipped;
}
