// The plain rule of thumb: rho12 > rho11 and rho12 > rhoNIR. In sunlight nearly everything is darker at 2.2 µm than at 1.6 µm;
// what is not glows, or is a roof, a scar or glint. It has no threshold and so no defence against those.

const HALO: i32 = 0;

function classify(): void {
  const scale11 = relativeScale(B11);
  const scaleNir = relativeScale(NIR);
  for (let i: i32 = 0; i < pixels; i++) {
    const measured = isMeasuredIn(B12, i) & isMeasuredIn(B11, i) & isMeasuredIn(NIR, i);
    const d12 = <f64>dnAt(B12, i) + offsetOf(B12);
    const d11 = (<f64>dnAt(B11, i) + offsetOf(B11)) * scale11;
    const dNir = (<f64>dnAt(NIR, i) + offsetOf(NIR)) * scaleNir;
    setMark(i, measured * MEASURED);
    setClass(i, measured & u32(d12 > d11) & u32(d12 > dNir));
  }
}
