import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { AbortOptions } from "@assay/sdk";
import { FileSource } from "./fileSource.ts";
import { readGdalMetadata } from "./gdalMetadata.ts";
import type { Layout } from "./layout.ts";
import { openTiff, type Tiff } from "./openTiff.ts";
import type { Tags } from "./tags.ts";
import type { MaskImage } from "./validity.ts";

/** More images than overviews and their masks need; a damaged file's chain of images may have no end. */
const MAX_IMAGES = 64;
/** Bits of NewSubfileType. */
const REDUCED = 1;
const MASK = 4;
/** GDAL's flag of a mask that is all bands'. */
const PER_DATASET = 2;

/** The mask inside of a file: an image after the pixels that calls itself one and has their size. */
export async function findInnerMask(tiff: Tiff, main: Layout): Promise<MaskImage | undefined> {
  for (let index = 1; index < MAX_IMAGES; index++) {
    const tags = await tiff.tagsAt(index);
    if (tags === undefined) return undefined;
    const kind = (await tags.number("NewSubfileType")) ?? 0;
    if ((kind & MASK) === 0 || (kind & REDUCED) !== 0) continue;
    const mask = await maskOf(tiff, tags, main);
    if (mask !== undefined) return { ...mask, isPerBand: mask.pixels.layout.samples > 1 };
  }
  return undefined;
}

/** A mask in a file of its own, `….msk` beside the picture; its source has to be closed. */
export interface OuterMask {
  mask: MaskImage | undefined;
  source: FileSource;
  /** Warnings for the user if the file is not a mask. */
  warnings: string[];
}

export async function findOuterMask(
  path: string,
  main: Layout,
  { signal }: AbortOptions,
): Promise<OuterMask | undefined> {
  const beside = `${path}.msk`;
  const isThere = await stat(beside).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isThere) return undefined;
  const name = basename(beside);
  const source = await FileSource.open(beside);
  try {
    const tiff = await openTiff(name, source, { signal });
    const tags = await tiff.tagsAt(0);
    const mask = tags && (await maskOf(tiff, tags, main));
    const count = mask?.pixels.layout.samples ?? 0;
    const metadata = tags && (await readGdalMetadata(beside, tags, { count, signal }));
    const flags = Number.parseInt(metadata?.items.get("INTERNAL_MASK_FLAGS_1") ?? "", 10);
    if (mask !== undefined && Number.isInteger(flags)) {
      const isPerBand = (flags & PER_DATASET) === 0 && count > 1;
      return { source, mask: { ...mask, isPerBand }, warnings: [] };
    }
    const warning = `${name} is left out, as GDAL does: a mask has the picture's size and says for which bands it is (INTERNAL_MASK_FLAGS_1).`;
    return { source, mask: undefined, warnings: [warning] };
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function maskOf(tiff: Tiff, tags: Tags, main: Layout): Promise<MaskImage | undefined> {
  const layout = await tiff.layoutOf(tags);
  const fits =
    layout.width === main.width &&
    layout.height === main.height &&
    (layout.samples === 1 || layout.samples === main.samples) &&
    layout.kind === "uint" &&
    layout.bits <= 8;
  if (!fits) return undefined;
  const { name, source } = tiff;
  return { pixels: { name: `${name}'s mask`, source, layout, fill: 0 }, isPerBand: false };
}
