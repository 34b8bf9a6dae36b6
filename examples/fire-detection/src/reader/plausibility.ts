import { type Band, isMeasured, type Scene } from "../scene/scene.ts";
import { requiredBands, type SensorSpec } from "../sensors/sensors.ts";

/** Range in which the maximum of a plausible scene lies. */
const PLAUSIBLE = {
  reflectance: { minimum: 0.01, maximum: 100, what: "reflectance" },
  kelvin: { minimum: 200, maximum: 700, what: "temperature (K)" },
} as const;

/** Whether no pixel was measured in all bands that the sensor needs. */
export function isEmpty(
  { bands, width, height, kind }: Pick<Scene, "bands" | "width" | "height" | "kind">,
  sensor: SensorSpec,
): boolean {
  // By night VIIRS and MODIS measure no reflectance, and need none.
  const mayBeDark = kind === "viirs" || kind === "modis";
  const needed = sensor.bands
    .filter(
      ({ fallback, quantity }) =>
        fallback === undefined && !(mayBeDark && quantity === "reflectance"),
    )
    .map(({ name }) => bands[name])
    .filter((band) => band !== undefined);
  for (let i = 0; i < width * height; i++) {
    if (needed.every((band) => isMeasured(band, i))) return false;
  }
  return true;
}

/** Warnings about bands whose maximum no scene has. A wrong scale would otherwise find no fires without any message. */
export function implausible({ bands }: Pick<Scene, "bands">, sensor: SensorSpec): string[] {
  const required = new Set(requiredBands(sensor));
  const [first] = sensor.composite;
  return sensor.bands.flatMap(({ name, quantity }) => {
    const band = bands[name];
    const isJudged = quantity === "kelvin" || name === first;
    if (band === undefined || !required.has(name) || !isJudged || quantity === "degrees") return [];
    if (quantity === "flag" || quantity === "radiance") return [];
    const { minimum, maximum, what } = PLAUSIBLE[quantity];
    const highest = (highestDn(band) + band.offset) * band.scale;
    if (highest >= minimum && highest <= maximum) return [];
    return [
      `The highest ${what} in band ${name} would be ${highest.toPrecision(3)}, which no scene has: check --scale (1 if the file holds reflectance already) and --offset.`,
    ];
  });
}

function highestDn(band: Band): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < band.dn.length; i++) {
    const dn = band.dn[i] ?? 0;
    if (dn > highest && isMeasured(band, i)) highest = dn;
  }
  return highest;
}
