// HOTMAP on Landsat (Murphy et al. 2016; hotmap.ts has the reference), with bands 7, 6 and 5 in the places of 12, 11 and the NIR.
//
//   a: rho7 >= 0.15 and rho7 / rho6 >= 1.4 and rho7 / rho5 >= 1.4
//   b: one of the 8 neighbours is an `a`, and (rho6 >= 0.5 and rho6 / rho5 >= 2, or band 6 or 7 is saturated)

function marksOfMurphy(i: i32): u32 {
  const rho5 = valueAt(B5, i);
  const rho6 = valueAt(B6, i);
  const rho7 = valueAt(B7, i);
  const a = rho7 >= 0.15 && rho7 >= 1.4 * rho6 && rho7 >= 1.4 * rho5;
  const hot = rho6 >= 0.5 && rho6 >= 2 * rho5;
  const saturated =
    <f64>dnAt(B6, i) >= saturationOf(B6) ||
    <f64>dnAt(B7, i) >= saturationOf(B7) ||
    (<u32>dnAt(RADSAT, i) & RADSAT_SWIR) != 0;
  return u32(a) * MURPHY_A | u32(hot || saturated) * MURPHY_NEAR;
}

function findMurphy(): void {
  for (let y = halo; y < halo + height; y++) {
    for (let i = y * pitch + halo, end = i + width; i < end; i++) {
      const bits = markOf(i);
      if (bits & MURPHY_A || (bits & MURPHY_NEAR && touches(i, MURPHY_A))) addMethod(i, MURPHY);
    }
  }
}
