// Hot targets by HOTMAP: Murphy, S.W., de Souza Filho, C.R., Wright, R., Sabatino, G., Correa Pabon, R. (2016), "HOTMAP:
// Global hot target detection at moderate spatial resolution", Remote Sensing of Environment 177, 78-88.
//
//   a: rho12 >= 0.15 and rho12 / rho11 >= 1.4 and rho12 / rhoNIR >= 1.4
//   b: one of the 8 neighbours is an `a`, and (rho11 >= 0.5 and rho11 / rhoNIR >= 2, or the pixel is saturated)
//
// A pixel counts where all three bands were measured: finite, and not nodata. Where an offset makes a denominator 0 or
// negative, its ratio counts as unboundedly large: that is what the ratio of a hot pixel grows to as the ground gets
// darker. Hence comparisons are written as products, rho12 >= 1.4 * rho11, which says the same for positive numbers.

const HALO: i32 = 1;

const MIN_RHO12: f64 = 0.15;
const MIN_RATIO: f64 = 1.4;
const MIN_RHO11: f64 = 0.5;
const MIN_RATIO_11_NIR: f64 = 2.0;

const RULE_A: u32 = 2;
/** Would be a fire by rule b if it touches an `a`. */
const MAYBE_B: u32 = 4;

function classify(): void {
  markAll();
  for (let y = halo; y < halo + height; y++) {
    for (let i = y * pitch + halo, end = i + width; i < end; i++) {
      const bits = markOf(i);
      if (bits & RULE_A) setClass(i, 1);
      else if (bits & MAYBE_B && touches(i, RULE_A)) setClass(i, 2);
    }
  }
}

/** Marks every pixel, halo included. Without branches: data decides nothing about the speed. */
function markAll(): void {
  const scale12 = scaleOf(B12);
  const scale11 = relativeScale(B11);
  const scaleNir = relativeScale(NIR);
  const offset12 = offsetOf(B12);
  const offset11 = offsetOf(B11);
  const offsetNir = offsetOf(NIR);
  const nodata12 = nodataOf(B12);
  const nodata11 = nodataOf(B11);
  const nodataNir = nodataOf(NIR);
  const full12 = saturationOf(B12);
  const full11 = saturationOf(B11);
  let at = planes;
  let mark = marks;
  for (const end = at + plane; at < end; at += 4, mark += 2) {
    const dn12 = load<f32>(at);
    const dn11 = load<f32>(at + plane);
    const dnNir = load<f32>(at + 2 * plane);
    const d12 = <f64>dn12 + offset12;
    const d11 = (<f64>dn11 + offset11) * scale11;
    const dNir = (<f64>dnNir + offsetNir) * scaleNir;
    const measured =
      isMeasured(dn12, nodata12) & isMeasured(dn11, nodata11) & isMeasured(dnNir, nodataNir);
    const a =
      u32(d12 * scale12 >= MIN_RHO12) & u32(d12 >= MIN_RATIO * d11) & u32(d12 >= MIN_RATIO * dNir);
    const hot = u32(d11 * scale12 >= MIN_RHO11) & u32(d11 >= MIN_RATIO_11_NIR * dNir);
    const saturated = u32(<f64>dn12 >= full12) | u32(<f64>dn11 >= full11);
    store<u16>(
      mark,
      <u16>(measured * (MEASURED | (a * RULE_A) | ((hot | saturated) * MAYBE_B))),
    );
  }
}
