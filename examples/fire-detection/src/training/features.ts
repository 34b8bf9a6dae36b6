import { type Band, isMeasured, type Scene, valueAt } from "../scene/scene.ts";

/** Steps of a level in an octave of reflectance. */
export const OCTAVE = 128;
/** The level of a saturated pixel: above those of all reflectances that are measured. */
const SATURATED = 12 * OCTAVE;
/** Reach of the network's window, in pixels. */
export const REACH = 2;
/** Offsets of the window's pixels, row by row. */
export const WINDOW: readonly (readonly [dx: number, dy: number])[] = square(REACH);
/** Window of each of the three planes. */
export const INPUTS = 3 * WINDOW.length;
/** What is taken off the level of band 12 in the middle of the window, so that the inputs lie around 0. */
const MIDDLE = 6 * OCTAVE;
/** 8 times how far a pixel's colour may stand above its neighbours' mean before the network looks at it. */
const STANDS_OUT = 8 * 12;

/** What the network sees of a scene: whole numbers, the same as in `assembly/learned.ts`. */
export interface FeaturePlanes {
  width: number;
  height: number;
  /** Level of band 12, of band 12 over band 11, and of band 11 over the near-infrared, row by row. */
  planes: readonly [Int16Array, Int16Array, Int16Array];
  /** 1 where all bands were measured. */
  measured: Uint8Array;
}

/** The level of a reflectance: about 128 times its logarithm to base 2, from 2⁻⁹ to just below 8. */
export function levelOf(reflectance: number): number {
  const scaled = reflectance * 65_536;
  const fixed = !(scaled >= 128) ? 128 : scaled >= 0x7ffff ? 0x7ffff : Math.trunc(scaled);
  const octave = 24 - Math.clz32(fixed);
  return octave * OCTAVE + ((fixed >> octave) & (OCTAVE - 1));
}

export function featuresOf({ width, height, bands }: Scene): FeaturePlanes {
  const [b12, b11, nir] = ["12", "11", "nir"].map((name) => {
    const band = bands[name];
    if (band === undefined) throw new TypeError(`the scene has no band ${name}`);
    return band;
  }) as [Band, Band, Band];
  const plane = () => new Int16Array(width * height);
  const planes = [plane(), plane(), plane()] as const;
  const measured = new Uint8Array(width * height);
  const level = (band: Band, i: number) =>
    (band.dn[i] ?? 0) >= band.saturation ? SATURATED : levelOf(valueAt(band, i));
  for (let i = 0; i < width * height; i++) {
    if (![b12, b11, nir].every((band) => isMeasured(band, i))) continue;
    measured[i] = 1;
    const [l12, l11, lNir] = [level(b12, i), level(b11, i), level(nir, i)];
    planes[0][i] = l12;
    planes[1][i] = l12 - l11;
    planes[2][i] = l11 - lNir;
  }
  return { width, height, planes: [...planes], measured };
}

/**
 * The pixels that the network looks at, by their place in the scene: those at least as bright in band 12 as in band 11, and those whose ratio of the
 * two stands above that around them. The others are no fires.
 */
export function candidatesOf({ width, height, planes, measured }: FeaturePlanes): Int32Array {
  const found: number[] = [];
  const [, colour] = planes;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      if (measured[i] !== 1) continue;
      const own = colour[i] ?? 0;
      let above = 0;
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          const j = i + dy * width + dx;
          const inside = x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < height;
          if (inside && measured[j] === 1) above += own - (colour[j] ?? 0);
        }
      }
      if (own >= 0 || above > STANDS_OUT) found.push(i);
    }
  }
  return Int32Array.from(found);
}

/**
 * Writes the network's inputs at pixel `i`: of each plane the window's differences from its middle, and in the middle the plane itself. A pixel that
 * was not measured, or lies outside of the scene, counts like the middle.
 * @param window - {@link WINDOW}, or a turned or mirrored form of it.
 * @param inputs - {@link INPUTS} numbers.
 */
export function gatherInputs(
  { width, height, planes, measured }: FeaturePlanes,
  i: number,
  window: typeof WINDOW,
  inputs: Float64Array | Int32Array,
): void {
  const x = i % width;
  const y = (i - x) / width;
  let at = 0;
  for (const plane of planes) {
    const own = plane[i] ?? 0;
    for (const [dx, dy] of window) {
      const inside = x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < height;
      const j = i + dy * width + dx;
      inputs[at++] = inside && measured[j] === 1 ? (plane[j] ?? 0) - own : 0;
    }
    inputs[at - (window.length + 1) / 2] = plane === planes[0] ? own - MIDDLE : own;
  }
}

/** The window as it is, turned by quarters and mirrored: a fire looks the same from all sides. */
export const TURNED_WINDOWS: readonly (typeof WINDOW)[] = [
  [1, 0, 0, 1],
  [0, -1, 1, 0],
  [-1, 0, 0, -1],
  [0, 1, -1, 0],
  [-1, 0, 0, 1],
  [1, 0, 0, -1],
  [0, 1, 1, 0],
  [0, -1, -1, 0],
].map(([a = 0, b = 0, c = 0, d = 0]) =>
  WINDOW.map(([dx, dy]) => [a * dx + b * dy, c * dx + d * dy] as const),
);

function square(reach: number): [dx: number, dy: number][] {
  const side = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach);
  return side.flatMap((dy) => side.map((dx): [number, number] => [dx, dy]));
}
