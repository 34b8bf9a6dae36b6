// What VIIRS and MODIS share: marks of pixels, and the statistics of background fires, which are pixels around a candidate that
// probably burn themselves and therefore are not its background.
//
// The algorithm that uses this defines `isBackground(i)`, which holds for pixels with just the marks `wanted`.

const DAY: u32 = 2;
const CLOUD: u32 = 4;
const WATER: u32 = 8;
const BACKGROUND_FIRE: u32 = 0x10;

/** The marks of the pixels that `context.ts` measures: those of background, or of background fires. */
let wanted: u32 = MEASURED;

/** Sets `mean` and `spread` to those of the 4 µm temperature of the window's background fires, and returns how many there are. */
function measureBackgroundFires(i: i32, reach: i32): u32 {
  wanted = MEASURED | BACKGROUND_FIRE;
  let count: u32 = 0;
  const from = i - reach * pitch - reach;
  for (let row: i32 = 0; row <= 2 * reach; row++) {
    for (let j = from + row * pitch, end = j + 2 * reach; j <= end; j++) count += u32(isBackground(j));
  }
  if (count > 0) measureAbsoluteDeviation(i, reach, 0, count);
  wanted = MEASURED;
  return count;
}
