import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { AbortOptions } from "@assay/sdk";
import { SceneError } from "../scene/sceneError.ts";

/** The metadata of a Landsat 8 or 9 level 1 product. */
export interface LandsatMetadata {
  /** `Landsat 8` */
  satellite: string;
  /** `YYYY-MM-DD` */
  acquired: string;
  /** UTC, `HH:MM:SS` */
  acquiredAt: string;
  /** Degrees above the horizon. */
  sunElevation: number;
  /** Reflectance, not corrected for the sun, = DN · multiplier + addend; by band, `1` to `7`. */
  reflectance: Readonly<Record<string, { multiplier: number; addend: number }>>;
  /** Paths of the product's files by band, `radsat` among them, as the metadata name them: beside the metadata's own. */
  files: Readonly<Record<string, string>>;
}

const BANDS = ["1", "2", "3", "4", "5", "6", "7"];

/**
 * Reads an MTL file, as text (`KEY = VALUE`) or JSON, of collection 1 or 2.
 * @throws {@link SceneError} when the file is missing, no metadata, of another sensor or level, or of a scene at night.
 */
export async function readLandsatMetadata(
  path: string,
  { signal }: AbortOptions = {},
): Promise<LandsatMetadata> {
  const name = basename(path);
  const text = await readSmall(path, name, signal).catch((cause) => {
    signal?.throwIfAborted();
    if (cause instanceof SceneError) throw cause;
    throw new SceneError(
      "METADATA_NOT_FOUND",
      `${path} cannot be read: give --mtl the file of the product whose name ends in _MTL.txt or _MTL.json.`,
      { cause },
    );
  });
  const values = text.trimStart().startsWith("{") ? readJson(text, name) : readText(text);
  return interpret(values, { name, folder: dirname(path) });
}

/** Real ones have some 20 kB. */
const MAX_BYTES = 2 ** 20;

async function readSmall(path: string, name: string, signal: AbortSignal | undefined) {
  const { size } = await stat(path);
  if (size > MAX_BYTES) throw malformed(name, `it has ${size} bytes`);
  return readFile(path, { encoding: "utf8", signal });
}

type Values = ReadonlyMap<string, string>;

/** The first value of a key counts: level 2 files repeat those of level 1 further down. */
function readText(text: string): Values {
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const sign = line.indexOf("=");
    const key = line.slice(0, Math.max(0, sign)).trim();
    if (!/^[A-Z0-9_]+$/.test(key) || /^(END_)?GROUP$/.test(key)) continue;
    const value = line.slice(sign + 1).trim();
    if (!values.has(key)) values.set(key, value.replace(/^"/, "").replace(/"$/, ""));
  }
  return values;
}

function readJson(text: string, name: string): Values {
  const values = new Map<string, string>();
  const collect = (node: unknown) => {
    if (typeof node !== "object" || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (typeof value === "object") collect(value);
      else if (!values.has(key)) values.set(key, String(value));
    }
  };
  try {
    collect(JSON.parse(text));
  } catch (cause) {
    throw malformed(name, "it is not JSON", cause);
  }
  return values;
}

function interpret(
  values: Values,
  { name, folder }: { name: string; folder: string },
): LandsatMetadata {
  const text = (key: string) => {
    const value = values.get(key);
    if (value === undefined || value === "") throw malformed(name, `it has no ${key}`);
    return value;
  };
  const number = (key: string) => {
    const value = DECIMAL.test(text(key)) ? Number(text(key)) : Number.NaN;
    if (!Number.isFinite(value)) throw malformed(name, `its ${key} is not a number`);
    return value;
  };
  const spacecraft = text("SPACECRAFT_ID");
  const unit = /^LANDSAT_([89])$/.exec(spacecraft)?.[1];
  if (unit === undefined || !/OLI/.test(text("SENSOR_ID"))) {
    throw new SceneError(
      "SCENE_WRONG_SENSOR",
      `${name} is of ${spacecraft} (${text("SENSOR_ID")}): these algorithms were made for the OLI of Landsat 8 and 9.`,
    );
  }
  const level = values.get("PROCESSING_LEVEL") ?? values.get("DATA_TYPE") ?? "";
  if (level.startsWith("L2")) {
    throw new SceneError(
      "SCENE_WRONG_LEVEL",
      `${name} is of level 2 (${level}), whose reflectances are corrected for the atmosphere: take the level 1 product (L1TP).`,
    );
  }
  const sunElevation = number("SUN_ELEVATION");
  if (sunElevation <= 0 || sunElevation > 90) {
    throw new SceneError(
      "SCENE_AT_NIGHT",
      `${name} has the sun ${sunElevation}° above the horizon: these algorithms compare reflected sunlight and need a scene by day.`,
    );
  }
  const reflectance = BANDS.map((band) => {
    const multiplier = number(`REFLECTANCE_MULT_BAND_${band}`);
    const addend = number(`REFLECTANCE_ADD_BAND_${band}`);
    if (!(multiplier > 0)) throw malformed(name, `REFLECTANCE_MULT_BAND_${band} is not positive`);
    return [band, { multiplier, addend }] as const;
  });
  const acquired = text("DATE_ACQUIRED");
  const acquiredAt = text("SCENE_CENTER_TIME").slice(0, 8);
  if (!isMoment(acquired, acquiredAt)) {
    throw malformed(name, `it was taken at ${acquired} ${acquiredAt}`);
  }
  const files: Record<string, string> = {};
  for (const band of BANDS) {
    const file = values.get(`FILE_NAME_BAND_${band}`);
    // A name, never a path: metadata from elsewhere do not choose what is read.
    if (file !== undefined) files[band] = join(folder, basename(file));
  }
  const radsat = values.get("FILE_NAME_QUALITY_L1_RADIOMETRIC_SATURATION");
  if (radsat !== undefined) files.radsat = join(folder, basename(radsat));
  return {
    satellite: `Landsat ${unit}`,
    acquired,
    acquiredAt,
    sunElevation,
    files,
    reflectance: Object.fromEntries(reflectance),
  };
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Whether a day and time exist: the 30th of February and 25 o'clock do not. */
function isMoment(day: string, time: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || !/^\d\d:\d\d:\d\d$/.test(time)) return false;
  const moment = new Date(`${day}T${time}Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString() === `${day}T${time}.000Z`;
}

function malformed(name: string, why: string, cause?: unknown): SceneError {
  return new SceneError(
    "METADATA_MALFORMED",
    `${name} is not the metadata of a Landsat level 1 product (${why}): give --mtl the file whose name ends in _MTL.txt or _MTL.json.`,
    { cause },
  );
}
