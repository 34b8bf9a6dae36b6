// Kumar, S.S., Roy, D.P. (2018), "Global operational land imager Landsat-8 reflectance-based active fire detection algorithm",
// International Journal of Digital Earth 11(2), 154-178.
//
//   unambiguous: rho4 <= 0.53 rho7 - 0.214, or it touches such a pixel and rho4 <= 0.35 rho6 - 0.044
//   potential:   rho4 <= 0.53 rho7 - 0.125 or rho6 <= 1.08 rho7 - 0.048, and it stands out from the smallest window of
//                5 x 5, 7 x 7 ... 61 x 61 of which at least 25 % is background; without such a window it is no fire
//   water:       rho2 > rho3 > rho4 > rho5
//   fire = (unambiguous or potential) and not water; background = rho7 > 0, not unambiguous, not potential, not water
//
// The 25 % are of the whole window, also where it reaches over the edge of the scene.

const SMALLEST_REACH: i32 = 2;

function marksOfKumarRoy(i: i32): u32 {
  const rho2 = valueAt(B2, i);
  const rho3 = valueAt(B3, i);
  const rho4 = valueAt(B4, i);
  const rho6 = valueAt(B6, i);
  const rho7 = valueAt(B7, i);
  if (!(rho7 > 0)) return 0;
  const seed = rho4 <= 0.53 * rho7 - 0.214;
  const near = rho4 <= 0.35 * rho6 - 0.044;
  const maybe = rho4 <= 0.53 * rho7 - 0.125 || rho6 <= 1.08 * rho7 - 0.048;
  const water = rho2 > rho3 && rho3 > rho4 && rho4 > valueAt(B5, i);
  return (
    u32(seed) * (ROY_SEED | ROY_SURE) |
    u32(near) * ROY_NEAR |
    u32(maybe) * ROY_MAYBE |
    u32(water) * ROY_WATER
  );
}

function findKumarRoy(): void {
  for (let y: i32 = 1; y < rows - 1; y++) {
    for (let i = y * pitch + 1, end = i + pitch - 2; i < end; i++) {
      if (markOf(i) & ROY_NEAR && touches(i, ROY_SEED)) setMark(i, markOf(i) | ROY_SURE);
    }
  }
  backgroundMask = MEASURED | LIT | ROY_SURE | ROY_MAYBE | ROY_WATER;
  backgroundBits = MEASURED | LIT;
  countBackground();
  for (let y = halo; y < halo + height; y++) {
    for (let i = y * pitch + halo, end = i + width; i < end; i++) {
      const bits = markOf(i);
      if (!(bits & (ROY_SURE | ROY_MAYBE)) || bits & ROY_WATER) continue;
      if (bits & ROY_SURE) {
        addMethod(i, KUMAR_ROY);
        continue;
      }
      const reach = reachOfWindow(i);
      if (reach == 0) setMark(i, bits | UNKNOWN);
      else if (standsOut(i, reach, backgroundAround(i, reach), 1)) addMethod(i, KUMAR_ROY);
    }
  }
}

/** Reach of the smallest window with enough background; 0 if there is none. */
function reachOfWindow(i: i32): i32 {
  for (let reach = SMALLEST_REACH; reach <= WINDOW_REACH; reach++) {
    const side = <u32>(2 * reach + 1);
    if (backgroundAround(i, reach) * 4 >= side * side) return reach;
  }
  return 0;
}
