import type { Scene } from "../../src/scene/scene.ts";
import type { Detection } from "../../src/tiles/detection.ts";

/** A detector on a whole scene, written straight from the paper and without regard to speed. */
export type Reference = (scene: Scene) => {
  pixels: Detection[];
  validPixels: number;
  unknownPixels: number;
};

/** The quantities at one pixel by band; undefined outside of the scene and where a band was not measured. */
export type Sample = Record<string, number>;

/** Reads the named bands of a scene, which must all be measured, as (DN + offset) · scale. */
export function sampler(scene: Scene, names: readonly string[]) {
  return (x: number, y: number): Sample | undefined => {
    if (x < 0 || y < 0 || x >= scene.width || y >= scene.height) return undefined;
    const sample: Sample = {};
    for (const name of names) {
      const band = scene.bands[name];
      if (band === undefined) throw new TypeError(`there is no band ${name}`);
      const dn = band.dn.length === 1 ? band.dn[0] : band.dn[y * scene.width + x];
      if (dn === undefined || !Number.isFinite(dn) || dn === Math.fround(band.nodata)) {
        return undefined;
      }
      sample[name] = (dn + band.offset) * band.scale;
    }
    return sample;
  };
}

/** A ratio, which is unboundedly large where a denominator is 0 or below it. */
export function ratio(above: number, below: number): number {
  return below > 0 ? above / below : Number.POSITIVE_INFINITY;
}

/** The pixels at most `reach` away, from the upper left one row by row. */
export function* around(x: number, y: number, reach: number): Generator<[x: number, y: number]> {
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) yield [x + dx, y + dy];
  }
}

/** The 8 neighbours. */
export function neighbours(x: number, y: number): [x: number, y: number][] {
  return [...around(x, y, 1)].filter(([nx, ny]) => nx !== x || ny !== y);
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation of the population. */
export function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) * (v - mean), 0) / values.length);
}

/** Mean absolute deviation from the mean. */
export function absoluteDeviationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, v) => sum + Math.abs(v - mean), 0) / values.length;
}

/** What is worked out of a pixel once, however often it is asked for. */
export function remember<T>(work: (x: number, y: number) => T): (x: number, y: number) => T {
  const known = new Map<string, T>();
  return (x, y) => {
    const key = `${x},${y}`;
    let value = known.get(key);
    if (value === undefined && !known.has(key)) {
      value = work(x, y);
      known.set(key, value);
    }
    return value as T;
  };
}

/** Asks every pixel of a scene. */
export function scan(
  scene: Scene,
  look: (
    x: number,
    y: number,
  ) =>
    | { rule?: string | undefined; values?: Record<string, number>; unknown?: boolean }
    | undefined,
): ReturnType<Reference> {
  const pixels: Detection[] = [];
  let validPixels = 0;
  let unknownPixels = 0;
  for (let y = 0; y < scene.height; y++) {
    for (let x = 0; x < scene.width; x++) {
      const seen = look(x, y);
      if (seen === undefined) continue;
      validPixels++;
      if (seen.unknown) unknownPixels++;
      if (seen.rule === undefined) continue;
      const values = Object.entries(seen.values ?? {}).map(([name, v]) => [name, Math.fround(v)]);
      pixels.push({ x, y, rule: seen.rule, values: Object.fromEntries(values) });
    }
  }
  return { pixels, validPixels, unknownPixels };
}
