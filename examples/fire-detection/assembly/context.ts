// Statistics of a window around a pixel. Sums of floating-point numbers depend on their order, so the order is part of the
// definition: row by row from the window's upper left corner. So a window's mean is the same to the last bit wherever a
// tile begins, and in every implementation.
//
// The algorithm that uses this defines `isBackground(i)` and `sampleOf(i, which)`.

/** Mean and spread of the last window that was measured. */
let mean: f64 = 0;
let spread: f64 = 0;

/** Number of background pixels in each rectangle from the upper left corner: counts are integers, and exact in any order. */
let counted: usize = 0;

function countBackground(): void {
  const wide = pitch + 1;
  counted = new Uint32Array(wide * (rows + 1)).dataStart;
  for (let y: i32 = 0; y < rows; y++) {
    let row: u32 = 0;
    for (let x: i32 = 0; x < pitch; x++) {
      row += u32(isBackground(y * pitch + x));
      const at = (y + 1) * wide + x + 1;
      store<u32>(counted + (<usize>at << 2), row + countedAt(at - wide));
    }
  }
}

// @ts-ignore: decorator
@inline
function countedAt(at: i32): u32 {
  return load<u32>(counted + (<usize>at << 2));
}

/** Background pixels at most `reach` columns and rows from pixel i. */
function backgroundAround(i: i32, reach: i32): u32 {
  const wide = pitch + 1;
  const left = i % pitch - reach;
  const right = left + 2 * reach + 1;
  const above = (i / pitch - reach) * wide;
  const below = above + (2 * reach + 1) * wide;
  return countedAt(below + right) - countedAt(below + left) - countedAt(above + right) + countedAt(above + left);
}

/** Sets `mean` and, as `spread`, the standard deviation of the population, of a window with `count` background pixels. */
function measureDeviation(i: i32, reach: i32, which: u32, count: u32): void {
  mean = sumAround(i, reach, which) / <f64>count;
  let squares: f64 = 0;
  const from = i - reach * pitch - reach;
  for (let row: i32 = 0; row <= 2 * reach; row++) {
    for (let j = from + row * pitch, end = j + 2 * reach; j <= end; j++) {
      if (!isBackground(j)) continue;
      const difference = sampleOf(j, which) - mean;
      squares += difference * difference;
    }
  }
  spread = sqrt(squares / <f64>count);
}

/** Sets `mean` and, as `spread`, the mean absolute deviation from it. */
function measureAbsoluteDeviation(i: i32, reach: i32, which: u32, count: u32): void {
  mean = sumAround(i, reach, which) / <f64>count;
  let differences: f64 = 0;
  const from = i - reach * pitch - reach;
  for (let row: i32 = 0; row <= 2 * reach; row++) {
    for (let j = from + row * pitch, end = j + 2 * reach; j <= end; j++) {
      if (isBackground(j)) differences += abs(sampleOf(j, which) - mean);
    }
  }
  spread = differences / <f64>count;
}

function sumAround(i: i32, reach: i32, which: u32): f64 {
  let sum: f64 = 0;
  const from = i - reach * pitch - reach;
  for (let row: i32 = 0; row <= 2 * reach; row++) {
    for (let j = from + row * pitch, end = j + 2 * reach; j <= end; j++) {
      if (isBackground(j)) sum += sampleOf(j, which);
    }
  }
  return sum;
}
