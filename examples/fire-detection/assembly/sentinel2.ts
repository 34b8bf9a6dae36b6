// What the detectors of Sentinel-2 share: reflectances in band 12 (2.19 µm), band 11 (1.61 µm) and the near-infrared.
//
// The bands of a product have one scale, which cancels out of every ratio: so comparisons between bands are made on DN + offset,
// in 64-bit floats, and a pixel exactly on a threshold is on it. Where scales differ, the ratio of theirs to band 12's is
// taken in.

const BANDS: u32 = 3;
const PARAMETERS: u32 = 0;
const B12: u32 = 0;
const B11: u32 = 1;
const NIR: u32 = 2;

// @ts-ignore: decorator
@inline
function relativeScale(band: u32): f64 {
  return scaleOf(band) / scaleOf(B12);
}
