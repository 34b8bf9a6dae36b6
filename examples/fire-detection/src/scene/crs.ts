import { createRequire } from "node:module";
import proj4 from "proj4";
import type { LonLat } from "./georeference.ts";

const require = createRequire(import.meta.url);

/** A coordinate system of the EPSG register. */
export type Crs =
  | { isKnown: true; name: string; toGeographic: (place: [x: number, y: number]) => LonLat }
  | { isKnown: false; name: string | undefined; why: string };

/** An entry of `epsg-index`, the register's copy. */
interface Entry {
  name: string;
  kind: string;
  /** In the language of PROJ. */
  proj4: string | null;
}

/** Kinds that have longitudes and latitudes: projected and geographic 2D systems. */
const KINDS = ["CRS-PROJCRS", "CRS-GEOGCRS"];

const seen = new Map<number, Crs>();

/** Looks a coordinate system up. */
export function findCrs(epsg: number): Crs {
  let crs = seen.get(epsg);
  if (crs === undefined) {
    crs = look(epsg);
    seen.set(epsg, crs);
  }
  return crs;
}

/**
 * Longitude and latitude of a place in a coordinate system.
 * @throws RangeError when {@link findCrs} does not know it.
 */
export function toGeographic(epsg: number, place: [x: number, y: number]): LonLat {
  const crs = findCrs(epsg);
  if (!crs.isKnown) throw new RangeError(`EPSG:${epsg} is not known`);
  return crs.toGeographic(place);
}

function look(epsg: number): Crs {
  const entry = Number.isSafeInteger(epsg) ? entryOf(epsg) : undefined;
  if (entry === undefined) {
    return { isKnown: false, name: undefined, why: "which is not in the register" };
  }
  const { name, kind, proj4: definition } = entry;
  const unknown = (why: string): Crs => ({ isKnown: false, name, why });
  if (!definition || !KINDS.includes(kind)) return unknown("which has no longitudes and latitudes");
  if (!isOfToday(definition)) {
    return unknown("an old datum, whose shift to WGS 84 is not known here to a pixel");
  }
  if (/\+axis=(?!enu)/.test(definition)) return unknown("whose axes do not point east and north");
  try {
    const converter = proj4(definition, "EPSG:4326");
    return {
      isKnown: true,
      name,
      toGeographic: (place) => {
        const [lon, lat] = converter.forward(place);
        return { lon, lat };
      },
    };
  } catch {
    return unknown("whose projection is not known here");
  }
}

/**
 * Whether a datum differs from WGS 84 by a metre or two at most, as ETRS89, NAD83, GDA and SIRGAS are. Others are shifted by grids of corrections
 * or by seven numbers, which the register's copy has wrong often enough to place a fire 100 m off.
 */
function isOfToday(definition: string): boolean {
  if (/\+nadgrids=(?!@null)/.test(definition)) return false;
  const shift = /\+towgs84=(\S+)/.exec(definition)?.[1];
  if (shift?.split(",").some((part) => Number(part) !== 0)) return false;
  return /\+(?:datum=(?:WGS84|NAD83)|ellps=(?:WGS84|GRS80)|nadgrids=@null)(?!\S)/.test(definition);
}

function entryOf(epsg: number): Entry | undefined {
  try {
    return require(`epsg-index/s/${epsg}.json`);
  } catch {
    return undefined;
  }
}
