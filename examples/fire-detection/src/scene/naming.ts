import type { Sensor, SensorKind } from "./scene.ts";

/** What names and descriptions tell about a picture. */
export interface Provenance {
  /** `YYYY-MM-DD` */
  acquired: string | undefined;
  /** UTC, `HH:MM:SS` */
  acquiredAt: string | undefined;
  sensor: Sensor | undefined;
  /** Undefined where nothing tells which instrument took it. */
  kind: SensorKind | undefined;
}

type Texts = readonly (string | undefined)[];

/** Reads file names and band descriptions. */
export function readProvenance(name: string, descriptions: Texts): Provenance {
  const { acquired, acquiredAt } = findTime([name, ...descriptions]);
  return { acquired, acquiredAt, ...findSensor(name, descriptions) };
}

/** The first thing that looks like a day between 1970 and 2099, `20230514` or `2023-05-14`, and a time right behind it. */
function findTime(texts: Texts): Pick<Provenance, "acquired" | "acquiredAt"> {
  const pattern =
    /(?<!\d)((?:19[7-9]|20\d)\d)(-?)(\d\d)\2(\d\d)(?:T([01]\d|2[0-3]):?([0-5]\d):?([0-5]\d))?(?!\d)/g;
  for (const text of texts) {
    for (const [, year, , month, date, hours, minutes, seconds] of text?.matchAll(pattern) ?? []) {
      const acquired = `${year}-${month}-${date}`;
      const time = Date.parse(`${acquired}T00:00:00Z`);
      if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(acquired)) continue;
      const acquiredAt = hours === undefined ? undefined : `${hours}:${minutes}:${seconds}`;
      return { acquired, acquiredAt };
    }
  }
  return { acquired: undefined, acquiredAt: undefined };
}

function findSensor(name: string, descriptions: Texts): Pick<Provenance, "kind" | "sensor"> {
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
  const viirs = /(?<![A-Z0-9])(VNP|VJ1|VJ2)(?:02|03|14)/i.exec(name)?.[1]?.toUpperCase();
  if (viirs !== undefined) {
    const satellite = { VNP: "Suomi NPP", VJ1: "NOAA-20", VJ2: "NOAA-21" }[viirs] ?? "VIIRS";
    return { kind: "viirs", sensor: { satellite, instrument: "VIIRS" } };
  }
  const modis = /(?<![A-Z0-9])M([OY])D(?:02|03|14|021KM)/i.exec(name)?.[1]?.toUpperCase();
  if (modis !== undefined) {
    const satellite = modis === "O" ? "Terra" : "Aqua";
    return { kind: "modis", sensor: { satellite, instrument: "MODIS" } };
  }
  // Bands 11 and 12 in the short-wave infrared under these names are the MSI's own.
  const all = descriptions.join(" ");
  const isMsi = /\bB11\b[^B]*16[01]\dnm/i.test(all) && /\bB12\b[^B]*(?:219|220)\dnm/i.test(all);
  return isMsi
    ? { kind: "sentinel-2", sensor: { satellite: "Sentinel-2", instrument: "MSI" } }
    : { kind: undefined, sensor: undefined };
}
