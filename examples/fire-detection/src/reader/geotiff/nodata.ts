import type { SampleType } from "./layout.ts";

/** Whether a sample is a nodata value. */
export type IsNodata = (value: number) => boolean;

/** Units in the last place of a 32-bit float; GDAL takes these for doubles too. */
const EPSILON = 2 ** -23;
const ULPS = 2;

/**
 * GDAL's mask of a nodata value: integers match exactly, what does not fit the type matches nothing, floats match nearly, in their
 * own precision.
 */
export function nodataTest(nodata: number, { kind, bits }: SampleType): IsNodata | undefined {
  if (kind === "float") {
    if (Number.isNaN(nodata)) return Number.isNaN;
    if (bits === 64) return (value) => nearly(value, nodata);
    const rounded = Math.fround(nodata);
    return (value) => nearly32(value, rounded);
  }
  // Whole bytes: 11 bits are kept in 16.
  const size = bits <= 8 ? 8 : bits <= 16 ? 16 : bits <= 32 ? 32 : 64;
  const minimum = kind === "int" ? -(2 ** (size - 1)) : 0;
  const maximum = kind === "int" ? 2 ** (size - 1) - 1 : 2 ** size - 1;
  if (!(nodata >= minimum && nodata <= maximum)) return undefined;
  const whole = Math.trunc(nodata);
  return (value) => value === whole;
}

/** The same for a list of one value a band. There GDAL compares exactly, and casts NaN to an integer. */
export function nodataListTest(nodata: number, { kind, bits }: SampleType): IsNodata {
  if (kind === "float") {
    if (Number.isNaN(nodata)) return Number.isNaN;
    const exact = bits === 64 ? nodata : Math.fround(nodata);
    return (value) => value === exact;
  }
  const cast = kind === "int" ? -(2 ** 31) : 0;
  const whole = Number.isNaN(nodata) ? cast : Math.trunc(nodata);
  return (value) => value === whole;
}

function nearly(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) < EPSILON * Math.abs(a + b) * ULPS;
}

/** In 32 bits a sum of two of the largest numbers is infinite, so that all of these count as the same. */
function nearly32(a: number, b: number): boolean {
  if (a === b) return true;
  const tolerance = Math.fround(Math.fround(EPSILON * Math.abs(Math.fround(a + b))) * ULPS);
  return Math.abs(Math.fround(a - b)) < tolerance;
}
