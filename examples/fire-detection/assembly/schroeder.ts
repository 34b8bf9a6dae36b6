// Schroeder, W., Oliva, P., Giglio, L., Quayle, B., Lorenz, E., Morelli, F. (2016), "Active fire detection using
// Landsat-8/OLI data", Remote Sensing of Environment 185, 210-220. By day. Reflectances without the correction for the sun.
//
//   unambiguous: rho7 / rho5 > 2.5 and rho7 - rho5 > 0.3 and rho7 > 0.5,
//                or rho6 > 0.8 and rho1 < 0.2 and (rho5 > 0.4 or rho7 < 0.1): saturated so far that its number has folded over
//   potential:   rho7 / rho5 > 1.8 and rho7 - rho5 > 0.17 and rho7 / rho6 > 1.6, and it stands out from 61 x 61 pixels
//   water:       rho4 > rho5 > rho6 > rho7 and rho1 - rho7 < 0.2 and (rho3 > rho2 or rho1 > rho2 > rho3 > rho4)
//   fire = (unambiguous or potential) and not water; background = rho7 > 0, not unambiguous, not water
//
// Ratios are compared as products; see hotmap.ts.

function marksOfSchroeder(i: i32): u32 {
  const rho1 = valueAt(B1, i) * sinSun;
  const rho2 = valueAt(B2, i) * sinSun;
  const rho3 = valueAt(B3, i) * sinSun;
  const rho4 = valueAt(B4, i) * sinSun;
  const rho5 = valueAt(B5, i) * sinSun;
  const rho6 = valueAt(B6, i) * sinSun;
  const rho7 = valueAt(B7, i) * sinSun;
  const bright = rho7 > 2.5 * rho5 && rho7 - rho5 > 0.3 && rho7 > 0.5;
  const folded = rho6 > 0.8 && rho1 < 0.2 && (rho5 > 0.4 || rho7 < 0.1);
  const potential = rho7 > 1.8 * rho5 && rho7 - rho5 > 0.17 && rho7 > 1.6 * rho6;
  const water =
    rho4 > rho5 && rho5 > rho6 && rho6 > rho7 && rho1 - rho7 < 0.2 &&
    (rho3 > rho2 || (rho1 > rho2 && rho2 > rho3 && rho3 > rho4));
  return (
    u32(bright || folded) * SCHROEDER_SURE |
    u32(potential) * SCHROEDER_MAYBE |
    u32(water) * SCHROEDER_WATER
  );
}

function findSchroeder(): void {
  backgroundMask = MEASURED | LIT | SCHROEDER_SURE | SCHROEDER_WATER;
  backgroundBits = MEASURED | LIT;
  countBackground();
  for (let y = halo; y < halo + height; y++) {
    for (let i = y * pitch + halo, end = i + width; i < end; i++) {
      const bits = markOf(i);
      if (!(bits & (SCHROEDER_SURE | SCHROEDER_MAYBE)) || bits & SCHROEDER_WATER) continue;
      if (bits & SCHROEDER_SURE) {
        addMethod(i, SCHROEDER);
        continue;
      }
      const count = backgroundAround(i, WINDOW_REACH);
      if (count == 0) setMark(i, bits | UNKNOWN);
      else if (standsOut(i, WINDOW_REACH, count, sinSun)) addMethod(i, SCHROEDER);
    }
  }
}
