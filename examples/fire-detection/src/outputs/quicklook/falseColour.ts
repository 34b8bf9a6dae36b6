import { type Canvas, createCanvas } from "@napi-rs/canvas";
import { type Band, dnAt, isMeasured, type Scene } from "../../scene/scene.ts";
import { SENSORS } from "../../sensors/sensors.ts";

/** Share of the pixels that may be quite black or quite white. */
const CLIPPED = { dark: 0.005, bright: 0.01 };
const GAMMA = 0.9;
/** 1 leaves the colours as they are, 0 makes them grey. Lower than 1 to soften the green of plants. */
const SATURATION = 0.72;
const HISTOGRAM_BINS = 4_096;
/** Fires and saturated pixels are above this; what is below it is ground. */
const BRIGHTEST_GROUND = { reflectance: 1, kelvin: 345, degrees: 180, radiance: 1, flag: 1 };

/** The bands shown in each colour. */
export interface Composite {
  bands: readonly [red: string, green: string, blue: string];
  /** In words. */
  colours: readonly [red: string, green: string, blue: string];
}

/** The sensor's usual colours; by night, when there is nothing but heat, that alone. */
export function compositeOf({ kind, bands }: Scene): Composite {
  const { composite, colours } = SENSORS[kind];
  const [first, second, third] = composite;
  const isDark = (band: Band | undefined) => band?.dn.every((_, i) => !isMeasured(band, i)) ?? true;
  if (!isDark(bands[second])) return { bands: composite, colours };
  const heat = kind === "viirs" ? "i5" : third;
  return { bands: [first, first, heat], colours: [colours[0], colours[0], "11 µm"] };
}

/** The scene in false colours, one canvas pixel each; unmeasured pixels are transparent. */
export function falseColour(scene: Scene): Canvas {
  const canvas = createCanvas(scene.width, scene.height);
  const context = canvas.getContext("2d");
  const image = context.createImageData(scene.width, scene.height);
  const shown = compositeOf(scene).bands.map((name) => {
    const band = scene.bands[name];
    if (band === undefined) throw new TypeError(`a scene of ${scene.kind} has band ${name}`);
    return { name, band };
  });
  const isShown = (i: number) => shown.every(({ band }) => isMeasured(band, i));
  const channels = shown.map(({ name, band }) => {
    const { low, high } = stretch(band, brightestGround(scene, name), isShown);
    return (i: number) => Math.min(1, Math.max(0, (dnAt(band, i) - low) / (high - low))) ** GAMMA;
  });
  for (let i = 0; i < scene.width * scene.height; i++) {
    if (!isShown(i)) continue;
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

function brightestGround({ kind }: Scene, name: string): number {
  const spec = SENSORS[kind].bands.find((band) => band.name === name);
  return BRIGHTEST_GROUND[spec?.quantity ?? "reflectance"];
}

/** The DN that are drawn black and white: percentiles, so that a few flames do not darken everything else. */
function stretch(
  band: Band,
  brightest: number,
  isShown: (i: number) => boolean,
): { low: number; high: number } {
  const ceiling = brightest / band.scale - band.offset;
  let floor = ceiling;
  for (let i = 0; i < band.dn.length; i++) {
    const dn = dnAt(band, i);
    if (dn < floor && isShown(i)) floor = dn;
  }
  const counts = new Uint32Array(HISTOGRAM_BINS);
  let total = 0;
  const step = (ceiling - floor) / HISTOGRAM_BINS;
  for (let i = 0; i < band.dn.length; i++) {
    if (!isShown(i)) continue;
    const bin = Math.floor((dnAt(band, i) - floor) / step);
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
