import { type Canvas, createCanvas } from "@napi-rs/canvas";
import { BAND_NAMES, type BandName, type Scene } from "../../scene/scene.ts";

/** Which band each colour shows: fires red to yellow, plants green, scars purple, water black. */
export const COLOUR_BANDS: readonly [red: BandName, green: BandName, blue: BandName] = [
  "12",
  "nir",
  "11",
];

/** Share of the pixels that may be quite black or quite white. */
const CLIPPED = { dark: 0.005, bright: 0.01 };
const GAMMA = 0.9;
/** 1 leaves the colours as they are, 0 makes them grey: plants are otherwise of a green that nobody likes to look at. */
const SATURATION = 0.72;
const HISTOGRAM_BINS = 4_096;

/** The scene in false colours, one canvas pixel each; unmeasured pixels are transparent. */
export function falseColour(scene: Scene): Canvas {
  const canvas = createCanvas(scene.width, scene.height);
  const context = canvas.getContext("2d");
  const image = context.createImageData(scene.width, scene.height);
  const channels = COLOUR_BANDS.map((name) => {
    const band = scene.bands[name];
    const { low, high } = stretch(scene, name);
    return (i: number) => Math.min(1, Math.max(0, ((band[i] ?? 0) - low) / (high - low))) ** GAMMA;
  });
  for (let i = 0; i < scene.width * scene.height; i++) {
    if (!isMeasured(scene, i)) continue;
    const colours = channels.map((channel) => channel(i));
    const grey = colours.reduce((sum, colour) => sum + colour, 0) / colours.length;
    for (const [c, colour] of colours.entries()) {
      image.data[4 * i + c] = 255 * (grey + (colour - grey) * SATURATION);
    }
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

function isMeasured({ bands, nodata }: Scene, i: number): boolean {
  return BAND_NAMES.every((name) => {
    const dn = bands[name][i];
    return dn !== undefined && Number.isFinite(dn) && dn !== Math.fround(nodata);
  });
}

/** The DN that are drawn black and white: percentiles, so that a few flames do not darken everything else. */
function stretch(scene: Scene, name: BandName): { low: number; high: number } {
  const band = scene.bands[name];
  // Fires and saturated pixels are above this; what is below it is ground.
  const ceiling = 1 / scene.scale - scene.offset;
  const counts = new Uint32Array(HISTOGRAM_BINS);
  let total = 0;
  const floor = lowest(scene, band);
  const step = (ceiling - floor) / HISTOGRAM_BINS;
  for (let i = 0; i < band.length; i++) {
    if (!isMeasured(scene, i)) continue;
    const bin = Math.floor(((band[i] ?? 0) - floor) / step);
    if (bin >= HISTOGRAM_BINS) continue;
    counts[bin] = (counts[bin] ?? 0) + 1;
    total++;
  }
  const at = (share: number) => {
    let sum = 0;
    for (let bin = 0; bin < HISTOGRAM_BINS; bin++) {
      sum += counts[bin] ?? 0;
      if (sum >= share * total) return floor + bin * step;
    }
    return ceiling;
  };
  const low = at(CLIPPED.dark);
  return { low, high: Math.max(low + step, at(1 - CLIPPED.bright)) };
}

function lowest(scene: Scene, band: Float32Array): number {
  let least = 1 / scene.scale - scene.offset;
  for (let i = 0; i < band.length; i++) {
    const dn = band[i] ?? 0;
    if (dn < least && isMeasured(scene, i)) least = dn;
  }
  return least;
}
