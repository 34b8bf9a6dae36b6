import type { Sensor, SensorKind } from "../scene/scene.ts";
import { findTime } from "./acquisitionTime.ts";

/** The time and sensor of a scene, from names and descriptions. */
export interface Provenance {
  /** `YYYY-MM-DD` */
  acquired: string | undefined;
  /** UTC, `HH:MM:SS` */
  acquiredAt: string | undefined;
  sensor: Sensor | undefined;
  /** Undefined if the instrument is not known. */
  kind: SensorKind | undefined;
}

type Texts = readonly (string | undefined)[];
type Items = ReadonlyMap<string, string>;

/** Metadata keys of time and satellite in products of MODIS and VIIRS, and in files made from them. */
const TIME_KEYS = [
  "TIME_COVERAGE_START",
  "START_TIME",
  "STARTTIME",
  "ACQUISITION_DATETIME",
  "DATE_ACQUIRED",
  "ACQUISITION_DATE",
  "ACQ_DATE",
];
const SATELLITE_KEYS = [
  "PLATFORM",
  "PLATFORM_NAME",
  "SATELLITE",
  "SPACECRAFT",
  "SPACECRAFT_NAME",
  "ASSOCIATEDPLATFORMSHORTNAME",
];

const INSTRUMENT_KEYS = [
  "INSTRUMENT",
  "INSTRUMENTS",
  "INSTRUMENT_NAME",
  "SENSOR",
  "SENSOR_NAME",
  "ASSOCIATEDINSTRUMENTSHORTNAME",
];

/**
 * Reads file names, band descriptions and a file's metadata.
 * @param items - by names in capitals.
 */
export function readProvenance(
  name: string,
  descriptions: Texts,
  items: Items = new Map(),
): Provenance {
  // netCDF's come as NC_GLOBAL#platform, HDF's as ASSOCIATEDPLATFORMSHORTNAME.1.
  const plain = new Map([...items].map(([key, text]) => [key.replace(/^.*#|\.1$/g, ""), text]));
  const get = (keys: readonly string[]) => keys.map((key) => plain.get(key));
  const [day, time] = get(["RANGEBEGINNINGDATE", "RANGEBEGINNINGTIME"]);
  const began = day === undefined ? undefined : `${day}T${time ?? ""}`;
  const sources = { satellite: get(SATELLITE_KEYS), instrument: get(INSTRUMENT_KEYS) };
  const { acquired, acquiredAt } = findTime([name, ...descriptions, began, ...get(TIME_KEYS)]);
  return { acquired, acquiredAt, ...findSensor(name, descriptions, sources) };
}

/** Joins what two files of one scene say; where both say something, the first one counts. */
export function joinProvenance(first: Provenance, second: Provenance): Provenance {
  const dated = first.acquired === undefined ? second : first;
  const named = first.kind === undefined ? second : first;
  const { acquired, acquiredAt } = dated;
  return { acquired, acquiredAt, kind: named.kind, sensor: named.sensor };
}

function findSensor(
  name: string,
  descriptions: Texts,
  { satellite: named, instrument }: { satellite: Texts; instrument: Texts },
): Pick<Provenance, "kind" | "sensor"> {
  const sentinel = /(?<![A-Z0-9])S2([A-D])(?![A-Z0-9])/i.exec(name)?.[1];
  if (sentinel !== undefined) {
    return {
      kind: "sentinel-2",
      sensor: { satellite: `Sentinel-2${sentinel.toUpperCase()}`, instrument: "MSI" },
    };
  }
  const landsat = /(?<![A-Z0-9])L[COT]0([89])(?![A-Z0-9])/i.exec(name)?.[1];
  if (landsat !== undefined) {
    return { kind: "landsat", sensor: { satellite: `Landsat ${landsat}`, instrument: "OLI" } };
  }
  const byName = PRODUCTS.find(({ pattern }) => pattern.test(name));
  if (byName !== undefined) return wideSwath(byName.satellite);
  const texts = [...named, ...instrument].filter((text) => text !== undefined).join(" ");
  const byCode = SATELLITES.find(({ codes }) =>
    named.some((text) => codes.test(text?.trim() ?? "")),
  );
  // Other instruments fly with these two, on Terra and Aqua above all.
  if (byCode !== undefined && /MODIS|VIIRS/i.test(`${name} ${texts} ${descriptions.join(" ")}`)) {
    return wideSwath(byCode.satellite);
  }
  // Bands 11 and 12 in the short-wave infrared under these names are the MSI's own.
  const all = descriptions.join(" ");
  const isMsi = /\bB11\b[^B]*16[01]\dnm/i.test(all) && /\bB12\b[^B]*(?:219|220)\dnm/i.test(all);
  return isMsi
    ? { kind: "sentinel-2", sensor: { satellite: "Sentinel-2", instrument: "MSI" } }
    : { kind: undefined, sensor: undefined };
}

function wideSwath(satellite: string): Pick<Provenance, "kind" | "sensor"> {
  const isModis = satellite === "Terra" || satellite === "Aqua";
  return isModis
    ? { kind: "modis", sensor: { satellite, instrument: "MODIS" } }
    : { kind: "viirs", sensor: { satellite, instrument: "VIIRS" } };
}

/** NASA's and NOAA's product names, and those that programs give what they make of them. */
const PRODUCTS: readonly { satellite: string; pattern: RegExp }[] = [
  {
    satellite: "Suomi NPP",
    pattern: /(?<![A-Z0-9])VNP\d\d|(?:SVI\d\d|GI[TM][CG]O|VI\w+)_npp_|s?npp_viirs/i,
  },
  {
    satellite: "NOAA-20",
    pattern: /(?<![A-Z0-9])VJ1\d\d|(?:SVI\d\d|GI[TM][CG]O|VI\w+)_j01_|(?:noaa-?20|j0?1)_viirs/i,
  },
  {
    satellite: "NOAA-21",
    pattern: /(?<![A-Z0-9])VJ2\d\d|(?:SVI\d\d|GI[TM][CG]O|VI\w+)_j02_|(?:noaa-?21|j0?2)_viirs/i,
  },
  { satellite: "Terra", pattern: /(?<![A-Z0-9])MOD\d\d|terra_modis/i },
  { satellite: "Aqua", pattern: /(?<![A-Z0-9])MYD\d\d|aqua_modis/i },
];

/** As metadata write them, FIRMS's codes among them. */
const SATELLITES: readonly { satellite: string; codes: RegExp }[] = [
  { satellite: "Suomi NPP", codes: /^(?:N|S?NPP|Suomi[ _-]?NPP)$/i },
  { satellite: "NOAA-20", codes: /^(?:1|N20|NOAA[ _-]?20|J0?1|JPSS[ _-]?1)$/i },
  { satellite: "NOAA-21", codes: /^(?:2|N21|NOAA[ _-]?21|J0?2|JPSS[ _-]?2)$/i },
  { satellite: "Terra", codes: /^(?:T|Terra|EOS[ _-]?AM-?1)$/i },
  { satellite: "Aqua", codes: /^(?:A|Aqua|EOS[ _-]?PM-?1)$/i },
];
