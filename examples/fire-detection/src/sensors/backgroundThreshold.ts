import { type Band, isMeasured, physicalBand, type Scene, valueAt } from "../scene/scene.ts";

/** Pixels from the middle of the 501 × 501 window to its rim. */
const REACH = 250;
const MIN_PIXELS = 10;
/** K. The threshold is the median, but never outside of these. */
const MIN_THRESHOLD = 325;
const MAX_THRESHOLD = 330;
/** K: the median is known to this, between {@link MIN_THRESHOLD} and {@link MAX_THRESHOLD}. */
const STEP = 0.01;
const BINS = Math.round((MAX_THRESHOLD - MIN_THRESHOLD) / STEP);

/**
 * T* of VIIRS's daytime algorithm: the median of BT4 in the 501 × 501 pixels around, kept between 325 K and 330 K; 330 K where
 * fewer than 10 of them were measured. Where BT4 is hot all around, a candidate has to be hotter.
 *
 * The upper median, to 0.01 K, rounded down.
 */
export function backgroundThreshold({ bands, width, height }: Scene): Band {
  const { i4 } = bands;
  if (i4 === undefined) throw new TypeError("a scene of VIIRS has I4");
  // The bin of every pixel: 0 for below MIN_THRESHOLD, BINS + 1 for MAX_THRESHOLD and above, −1 for not measured.
  const bins = Int16Array.from({ length: width * height }, (_, i) => {
    if (!isMeasured(i4, i)) return -1;
    const bin = Math.floor((valueAt(i4, i) - MIN_THRESHOLD) / STEP) + 1;
    return Math.min(BINS + 1, Math.max(0, bin));
  });
  const size = { width, height };
  const measured = countAround(size, (i) => (bins[i] ?? -1) >= 0);
  const cold = countAround(size, (i) => bins[i] === 0);
  const threshold = new Float32Array(width * height);
  const undecided = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const total = measured(x, y);
      if (total < MIN_PIXELS) threshold[y * width + x] = MAX_THRESHOLD;
      else if (cold(x, y) > Math.floor(total / 2)) threshold[y * width + x] = MIN_THRESHOLD;
      else undecided[y * width + x] = 1;
    }
  }
  if (undecided.includes(1)) fillMedians(threshold, { undecided, bins, size });
  return physicalBand(threshold);
}

interface Size {
  width: number;
  height: number;
}

/** Counts the pixels of the window around a pixel that satisfy `holds`, by a summed-area table. */
function countAround(
  { width, height }: Size,
  holds: (i: number) => boolean,
): (x: number, y: number) => number {
  const wide = width + 1;
  const sums = new Uint32Array(wide * (height + 1));
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      if (holds(y * width + x)) row++;
      sums[(y + 1) * wide + x + 1] = row + (sums[y * wide + x + 1] ?? 0);
    }
  }
  const upTo = (x: number, y: number) => sums[y * wide + x] ?? 0;
  return (x, y) => {
    const [left, right] = [Math.max(0, x - REACH), Math.min(width, x + REACH + 1)];
    const [top, bottom] = [Math.max(0, y - REACH), Math.min(height, y + REACH + 1)];
    return upTo(right, bottom) - upTo(left, bottom) - upTo(right, top) + upTo(left, top);
  };
}

/** Fills in the undecided from histograms that slide: down by row for every column, and along the row for the window. */
function fillMedians(
  threshold: Float32Array,
  {
    undecided,
    bins,
    size: { width, height },
  }: { undecided: Uint8Array; bins: Int16Array; size: Size },
): void {
  const columns = Array.from({ length: width }, () => new Uint16Array(BINS + 2));
  const add = (y: number, by: 1 | -1) => {
    if (y < 0 || y >= height) return;
    for (const [x, column] of columns.entries()) {
      const bin = bins[y * width + x] ?? -1;
      if (bin >= 0) column[bin] = (column[bin] ?? 0) + by;
    }
  };
  for (let y = 0; y < REACH; y++) add(y, 1);
  const window = new Uint32Array(BINS + 2);
  const slide = (x: number, by: 1 | -1) => {
    for (const [bin, count] of columns[x]?.entries() ?? []) {
      window[bin] = (window[bin] ?? 0) + by * count;
    }
  };
  for (let y = 0; y < height; y++) {
    add(y + REACH, 1);
    add(y - REACH - 1, -1);
    window.fill(0);
    for (let x = 0; x < REACH; x++) slide(x, 1);
    for (let x = 0; x < width; x++) {
      slide(x + REACH, 1);
      slide(x - REACH - 1, -1);
      if (undecided[y * width + x] === 1) threshold[y * width + x] = medianOf(window);
    }
  }
}

function medianOf(window: Uint32Array): number {
  const rank = Math.floor(window.reduce((sum, count) => sum + count, 0) / 2);
  let below = 0;
  for (const [bin, count] of window.entries()) {
    below += count;
    if (below > rank) return Math.min(MAX_THRESHOLD, MIN_THRESHOLD + Math.max(0, bin - 1) * STEP);
  }
  return MAX_THRESHOLD;
}
