import type { BandIndices } from "../scene/scene.ts";
import { requiredBands, type SensorSpec } from "../sensors/sensors.ts";

/** The bands' indices if neither the file nor the user gives them: all bands in order if the file has as many, else the required ones. */
export function defaultBands(sensor: SensorSpec, count: number): BandIndices {
  const names = sensor.bands.map(({ name }) => name);
  const required = requiredBands(sensor);
  const stacked = count >= names.length ? names : required;
  return Object.fromEntries(stacked.map((name, i) => [name, i]));
}

/**
 * Finds a sensor's bands by the names that a file gives its bands, for example `20m: B12 2190nm`.
 * @param descriptions - one text a band, in file order; undefined where the file is silent.
 * @returns undefined unless all that the sensor cannot do without were found.
 */
export function findBands(
  descriptions: readonly (string | undefined)[],
  sensor: SensorSpec,
): BandIndices | undefined {
  const found: Record<string, number> = {};
  for (const { name, spellings } of sensor.bands) {
    for (const spelling of spellings) {
      const index = descriptions.findIndex((text) => text !== undefined && spelling.test(text));
      if (index === -1) continue;
      found[name] = index;
      break;
    }
  }
  return requiredBands(sensor).every((name) => name in found) ? found : undefined;
}

/** Warnings about bands for which the user and the file give different names: one line each. */
export function contradictions(
  bands: BandIndices,
  descriptions: readonly (string | undefined)[],
  sensor: SensorSpec,
): string[] {
  const named = findBands(descriptions, sensor);
  if (named === undefined) return [];
  return sensor.bands
    .filter(({ name, spellings }) => {
      const text = descriptions[bands[name] ?? Number.NaN];
      return text !== undefined && !spellings.some((spelling) => spelling.test(text));
    })
    .map(
      ({ name }) =>
        `Band ${bands[name]} is read as ${name}, but the file calls it "${descriptions[bands[name] ?? 0]}": --bands ${formatBands(named, sensor)} would follow the file.`,
    );
}

/** As the `--bands` flag writes it, in the sensor's order: `12=0,11=1,nir=2`. */
export function formatBands(bands: BandIndices, sensor: SensorSpec): string {
  return sensor.bands
    .filter(({ name }) => bands[name] !== undefined)
    .map(({ name }) => `${name}=${bands[name]}`)
    .join(",");
}
