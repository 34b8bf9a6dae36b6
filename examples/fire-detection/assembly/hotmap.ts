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
/** Either of them in four marks. */
const FOUR_HOT: u64 = 0x0006_0006_0006_0006;

function classify(): void {
  markAll();
  for (let y = halo; y < halo + height; y++) {
    const first = y * pitch + halo;
    let at = marks + (<usize>first << 1);
    const end = at + (<usize>width << 1);
    while (at < end) {
      // Four marks at a time, while none of them is anything.
      if (at + 8 <= end && !(load<u64>(at) & FOUR_HOT)) {
        at += 8;
        continue;
      }
      const bits = <u32>load<u16>(at);
      const i = <i32>((at - marks) >>> 1);
      if (bits & RULE_A) setClass(i, 1);
      else if (bits & MAYBE_B && touches(i, RULE_A)) setClass(i, 2);
      at += 2;
    }
  }
}

/**
 * Marks every pixel, halo included. Most are cold and measured: the tests that most of them fail come first, and cost a branch that is
 * nearly always foreseen.
 */
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
    if (!(dn12 - dn12 == 0) || dn12 == nodata12) continue;
    const dn11 = load<f32>(at + plane);
    if (!(dn11 - dn11 == 0) || dn11 == nodata11) continue;
    const dnNir = load<f32>(at + 2 * plane);
    if (!(dnNir - dnNir == 0) || dnNir == nodataNir) continue;
    let bits = MEASURED;
    const d12 = <f64>dn12 + offset12;
    const d11 = (<f64>dn11 + offset11) * scale11;
    if (d12 >= MIN_RATIO * d11) {
      const dNir = (<f64>dnNir + offsetNir) * scaleNir;
      if (d12 >= MIN_RATIO * dNir && d12 * scale12 >= MIN_RHO12) bits |= RULE_A;
    }
    if (<f64>dn12 >= full12 || <f64>dn11 >= full11) {
      bits |= MAYBE_B;
    } else if (d11 * scale12 >= MIN_RHO11) {
      const dNir = (<f64>dnNir + offsetNir) * scaleNir;
      if (d11 >= MIN_RATIO_11_NIR * dNir) bits |= MAYBE_B;
    }
    store<u16>(mark, <u16>bits);
  }
}
