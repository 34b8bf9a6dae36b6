import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UTM_10N, writeTiff } from "./writeTiff.ts";

export const SUN_ELEVATION = 30;

/** The lines of an MTL file that matter, as USGS writes them, by group. */
export function mtlGroups(id: string, changes: Readonly<Record<string, string | number>> = {}) {
  const bands = Array.from({ length: 7 }, (_, i) => i + 1);
  const groups: Record<string, Record<string, string | number>> = {
    PRODUCT_CONTENTS: {
      LANDSAT_PRODUCT_ID: id,
      PROCESSING_LEVEL: "L1TP",
      ...Object.fromEntries(bands.map((b) => [`FILE_NAME_BAND_${b}`, `${id}_B${b}.TIF`])),
    },
    IMAGE_ATTRIBUTES: {
      SPACECRAFT_ID: "LANDSAT_8",
      SENSOR_ID: "OLI_TIRS",
      DATE_ACQUIRED: "2023-08-18",
      SCENE_CENTER_TIME: "18:42:11.5069740Z",
      SUN_ELEVATION,
    },
    LEVEL1_RADIOMETRIC_RESCALING: {
      ...Object.fromEntries(bands.map((b) => [`REFLECTANCE_MULT_BAND_${b}`, 2e-5])),
      ...Object.fromEntries(bands.map((b) => [`REFLECTANCE_ADD_BAND_${b}`, -0.1])),
    },
  };
  for (const group of Object.values(groups)) {
    for (const key of Object.keys(group)) {
      const change = changes[key];
      if (change !== undefined) group[key] = change;
    }
  }
  return groups;
}

export function mtlText(groups: ReturnType<typeof mtlGroups>): string {
  const quoted = (value: string | number) => (typeof value === "string" ? `"${value}"` : value);
  const lines = Object.entries(groups).flatMap(([name, values]) => [
    `  GROUP = ${name}`,
    ...Object.entries(values).map(([key, value]) => `    ${key} = ${quoted(value)}`),
    `  END_GROUP = ${name}`,
  ]);
  return `GROUP = LANDSAT_METADATA_FILE\n${lines.join("\n")}\nEND_GROUP = LANDSAT_METADATA_FILE\nEND\n`;
}

/** DN of a reflectance that is not yet corrected for the sun. */
export const dnOf = (rho: number) => Math.round((rho + 0.1) / 2e-5);

/**
 * Writes a product into `folder`: forest with one fire at column 3, row 2, a file a band, and metadata as text and JSON.
 * @returns the paths of the metadata.
 */
export async function writeProduct(
  folder: string,
  id = "LC08_L1TP_047022_20230818_20230823_02_T1",
): Promise<{ text: string; json: string }> {
  const forest = [0.1, 0.08, 0.08, 0.06, 0.3, 0.18, 0.1];
  const fire = [0.1, 0.08, 0.08, 0.1, 0.35, 0.6, 0.95];
  for (const [b, rho] of forest.entries()) {
    const rows = Array.from({ length: 6 }, (_, y) =>
      Array.from({ length: 8 }, (_, x) => dnOf(x === 3 && y === 2 ? (fire[b] ?? 0) : rho)),
    );
    await writeTiff(join(folder, `${id}_B${b + 1}.TIF`), [rows], {
      ...UTM_10N,
      ModelPixelScale: [30, 30, 0],
    });
  }
  const groups = mtlGroups(id);
  const text = join(folder, `${id}_MTL.txt`);
  const json = join(folder, `${id}_MTL.json`);
  await writeFile(text, mtlText(groups));
  await writeFile(json, JSON.stringify({ LANDSAT_METADATA_FILE: groups }));
  return { text, json };
}
