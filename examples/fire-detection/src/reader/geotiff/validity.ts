import type { AbortOptions } from "@assay/sdk";
import type { GdalMetadata } from "./gdalMetadata.ts";
import { parseGdalNumber } from "./gdalNumber.ts";
import { type IsNodata, nodataListTest, nodataTest } from "./nodata.ts";
import { type Pixels, readSamples } from "./readSamples.ts";

/** A mask image: 0 where nothing was measured. It has one band for all of the file's bands, or one for each. */
export interface MaskImage {
  pixels: Pixels;
  isPerBand: boolean;
}

/** How a file says which of its pixels were measured (GDAL RFC 15). */
export type Validity =
  | { by: "mask"; mask: MaskImage }
  /** A pixel is missing where all bands have the number that stands at their place. */
  | { by: "nodata values"; tests: readonly IsNodata[] }
  /** Each band by itself. */
  | { by: "nodata"; tests: readonly (IsNodata | undefined)[] }
  | { by: "alpha"; band: number }
  | { by: "nothing" };

/** GDAL takes a last band of transparency for a mask in these shapes only. */
const ALPHA_COUNTS = [2, 4];

/**
 * Finds what says which pixels were measured, in GDAL's order: a mask, a list of nodata values, nodata values of bands, a band of
 * transparency.
 * @param isAlpha - whether the last band is one by its tag.
 */
export function findValidity(
  { name, layout }: Pick<Pixels, "name" | "layout">,
  {
    mask,
    metadata,
    isAlpha,
  }: { mask: MaskImage | undefined; metadata: GdalMetadata; isAlpha: boolean },
): { validity: Validity; warnings: string[] } {
  const warnings: string[] = [];
  if (mask !== undefined) return { validity: { by: "mask", mask }, warnings };
  const parse = (text: string, what: string) => {
    const { value, isWhole } = parseGdalNumber(text);
    if (!isWhole) {
      warnings.push(`The ${what} of ${name}, "${text.trim()}", is read as ${value}, as GDAL does.`);
    }
    return value;
  };
  const list = metadata.nodataValues?.trim().split(/\s+/);
  if (list?.length === layout.samples) {
    const tests = list.map((text) => nodataListTest(parse(text, "list of nodata values"), layout));
    return { validity: { by: "nodata values", tests }, warnings };
  }
  if (list !== undefined) {
    warnings.push(
      `The list of nodata values of ${name}, "${list.join(" ")}", does not have one value for each of its ${layout.samples} bands and is left out.`,
    );
  }
  const texts = metadata.bands.map(({ nodata }) => nodata ?? metadata.nodata);
  if (texts.some((text) => text !== undefined && text !== "")) {
    const parsed = new Map<string, number>();
    const tests = texts.map((text) => {
      if (text === undefined || text === "") return undefined;
      const value = parsed.get(text) ?? parse(text, "nodata value");
      parsed.set(text, value);
      return nodataTest(value, layout);
    });
    // What no sample can be says nothing about any, and leaves it to the transparency.
    if (tests.some((test) => test !== undefined)) {
      return { validity: { by: "nodata", tests }, warnings };
    }
  }
  const last = layout.samples - 1;
  const isTransparency = metadata.bands[last]?.isAlpha ?? isAlpha;
  const fits = ALPHA_COUNTS.includes(layout.samples) && layout.kind === "uint" && layout.bits <= 16;
  if (isTransparency && fits) return { validity: { by: "alpha", band: last }, warnings };
  return { validity: { by: "nothing" }, warnings };
}

/** Bands of a file as numbers of 32 bits, NaN wherever the file says that nothing was measured. */
export async function readMeasured(
  pixels: Pixels,
  bands: readonly number[],
  { validity, signal }: AbortOptions & { validity: Validity },
): Promise<Float32Array[]> {
  const size = pixels.layout.width * pixels.layout.height;
  const planes = bands.map(() => new Float32Array(size));
  const tests = validity.by === "nodata" ? bands.map((band) => validity.tests[band]) : [];
  await readSamples(pixels, bands, {
    signal,
    visit: (k, i, value) => {
      const plane = planes[k];
      if (plane !== undefined) plane[i] = tests[k]?.(value) ? Number.NaN : value;
    },
  });
  const hide = (k: number, i: number) => {
    const plane = planes[k];
    if (plane !== undefined) plane[i] = Number.NaN;
  };
  switch (validity.by) {
    case "mask": {
      const { mask } = validity;
      const all = bands.map((_, k) => k);
      await readSamples(mask.pixels, mask.isPerBand ? bands : [0], {
        signal,
        visit: (k, i, value) => {
          if (value === 0) for (const hidden of mask.isPerBand ? [k] : all) hide(hidden, i);
        },
      });
      break;
    }
    case "alpha":
      await readSamples(pixels, [validity.band], {
        signal,
        visit: (_, i, value) => {
          // The band itself stays what it is.
          if (value !== 0) return;
          for (const [k, band] of bands.entries()) if (band !== validity.band) hide(k, i);
        },
      });
      break;
    case "nodata values": {
      const found = new Uint16Array(size);
      const { tests: ofAll } = validity;
      await readSamples(
        pixels,
        ofAll.map((_, band) => band),
        {
          signal,
          visit: (k, i, value) => {
            if (ofAll[k]?.(value)) found[i] = (found[i] ?? 0) + 1;
          },
        },
      );
      for (let i = 0; i < size; i++) {
        if (found[i] === ofAll.length) for (const k of bands.keys()) hide(k, i);
      }
      break;
    }
    default:
  }
  return planes;
}
