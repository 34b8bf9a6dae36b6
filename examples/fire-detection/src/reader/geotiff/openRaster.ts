import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { AbortOptions } from "@assay/sdk";
import type { Georeference } from "../../scene/georeference.ts";
import { SceneError } from "../../scene/sceneError.ts";
import { FileSource } from "./fileSource.ts";
import { findInnerMask, findOuterMask } from "./findMask.ts";
import { type BandNote, type GdalMetadata, readGdalMetadata } from "./gdalMetadata.ts";
import { parseGdalNumber } from "./gdalNumber.ts";
import type { Layout } from "./layout.ts";
import { openTiff } from "./openTiff.ts";
import { readPlacement } from "./placement.ts";
import type { Tags } from "./tags.ts";
import { findValidity, readMeasured } from "./validity.ts";

/** Some 8,000 × 8,000: a whole Landsat or 20 m Sentinel-2 scene, in 800 MB of memory. */
const MAX_PIXELS = 2 ** 26;

/** An open GeoTIFF file. */
export interface Raster extends AsyncDisposable {
  /** The file's name without its folder. */
  name: string;
  width: number;
  height: number;
  /** In file order. */
  bands: readonly BandNote[];
  /** Index of the alpha band that serves as the file's mask. */
  alpha: number | undefined;
  /** Whether the file marks pixels that were not measured; if not, its product's conventions apply. */
  saysWhatIsMeasured: boolean;
  georeference: Georeference | undefined;
  /** The metadata of the file, by names in capitals. */
  items: ReadonlyMap<string, string>;
  /** Warnings about parts of the file that were ignored: one line each. */
  warnings: readonly string[];
  /** Reads bands by their indices in the file, from 0. Pixels that were not measured are NaN. */
  read(places: readonly number[]): Promise<Float32Array[]>;
}

/**
 * Opens a GeoTIFF file and checks that it is complete.
 * @throws {@link SceneError} when the file is missing, a directory, not a GeoTIFF, truncated, too large, of a kind that is not read
 * here, or lies in a coordinate system whose longitudes and latitudes cannot be computed.
 */
export async function openRaster(path: string, { signal }: AbortOptions = {}): Promise<Raster> {
  signal?.throwIfAborted();
  const name = basename(path);
  await checkFile(path);
  await using open = new AsyncDisposableStack();
  const closing = (source: FileSource) => {
    open.defer(() => source.close());
    return source;
  };
  try {
    const source = closing(await FileSource.open(path));
    const tiff = await openTiff(name, source, { signal });
    const tags = await tiff.tagsAt(0);
    if (tags === undefined) throw new TypeError("no image");
    await checkSize(name, tags);
    const layout = await tiff.layoutOf(tags);
    checkComplete(layout, { name, fileBytes: source.fileSize });
    const metadata = await readGdalMetadata(path, tags, { count: layout.samples, signal });
    const georeference = await readPlacement(name, tags, await tiff.geoKeys());
    const inner = await findInnerMask(tiff, layout);
    if (inner !== undefined) {
      checkComplete(inner.pixels.layout, { name, fileBytes: source.fileSize });
    }
    const outer = inner === undefined ? await findOuterMask(path, layout, { signal }) : undefined;
    if (outer !== undefined) closing(outer.source);
    const pixels = { name, source, layout, fill: fillOf(metadata) };
    const { validity, warnings } = findValidity(pixels, {
      mask: inner ?? outer?.mask,
      metadata,
      isAlpha: await isTransparency(tags, layout),
    });
    const resources = open.move();
    return {
      name,
      width: layout.width,
      height: layout.height,
      georeference,
      bands: metadata.bands.map(({ description, scale, offset }) => ({
        description,
        scale,
        offset,
      })),
      alpha: validity.by === "alpha" ? validity.band : undefined,
      saysWhatIsMeasured: validity.by !== "nothing",
      items: metadata.items,
      warnings: [...metadata.warnings, ...(outer?.warnings ?? []), ...warnings],
      read: async (places) => {
        try {
          return await readMeasured(pixels, places, { validity, signal });
        } catch (error) {
          throw unreadable(error, { name, signal });
        }
      },
      [Symbol.asyncDispose]: () => resources.disposeAsync(),
    };
  } catch (error) {
    throw unreadable(error, { name, signal });
  }
}

/** An error as a {@link SceneError}, whose message is one line. */
function unreadable(
  error: unknown,
  { name, signal }: { name: string; signal: AbortSignal | undefined },
): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof SceneError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof Error && code !== undefined && "syscall" in error) {
    return new SceneError(
      "SCENE_UNREADABLE",
      `${name} cannot be read (${code}): check its permissions and the disk it lies on.`,
      { cause: error },
    );
  }
  return new SceneError(
    "SCENE_NOT_A_GEOTIFF",
    `${name} cannot be read as a GeoTIFF: give a .tif file (gdalinfo tells what a file is, gdal_translate makes one).`,
    { cause: error },
  );
}

async function checkFile(path: string): Promise<void> {
  const file = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === "ENOENT" || cause.code === "ENOTDIR"
      ? new SceneError(
          "SCENE_NOT_FOUND",
          `There is no file ${path}: check the path given to --scene or --mtl.`,
          { cause },
        )
      : new SceneError(
          "SCENE_UNREADABLE",
          `${path} cannot be opened (${cause.code}): check its permissions.`,
          { cause },
        );
  });
  if (file.isDirectory()) {
    throw new SceneError(
      "SCENE_IS_A_DIRECTORY",
      `${path} is a directory: give --scene one GeoTIFF file that holds all bands, or one a band as 12=b12.tif,11=b11.tif,nir=b8a.tif.`,
    );
  }
}

async function checkSize(name: string, tags: Tags): Promise<void> {
  const width = (await tags.number("ImageWidth")) ?? 0;
  const height = (await tags.number("ImageLength")) ?? 0;
  if (width * height <= MAX_PIXELS) return;
  throw new SceneError(
    "SCENE_TOO_LARGE",
    `${name} has ${width} × ${height} pixels, more than ${MAX_PIXELS}: cut a part out with gdal_translate -srcwin.`,
  );
}

function checkComplete(
  { offsets, byteCounts }: Layout,
  { name, fileBytes }: { name: string; fileBytes: number },
): void {
  for (const [i, offset] of offsets.entries()) {
    const end = offset + (byteCounts[i] ?? 0);
    if (end <= fileBytes) continue;
    throw new SceneError(
      "SCENE_TRUNCATED",
      `${name} is cut short: it has ${fileBytes} bytes and its pixels reach to byte ${end}; copy or download it again.`,
    );
  }
}

/** The value of blocks that a file leaves out, as in GDAL. */
function fillOf({ nodata }: GdalMetadata): number {
  return nodata === undefined || nodata === "" ? 0 : parseGdalNumber(nodata).value;
}

/** Colours of the photometric interpretations, before further samples follow. */
const BASE_SAMPLES: Readonly<Record<number, number>> = { 2: 3, 5: 4 };
const ALPHA_KINDS = [1, 2];
/** What a further sample may be, by libtiff: nothing known, the alpha kinds, and CorelDRAW's number for one of them. */
const EXTRA_KINDS = [0, ...ALPHA_KINDS, 999];

/** Whether the tags call the last band an alpha band. */
async function isTransparency(tags: Tags, { samples }: Layout): Promise<boolean> {
  const extra = await tags.numbers("ExtraSamples");
  if (extra === undefined) return false;
  const unknown = extra.find((kind) => !EXTRA_KINDS.includes(kind));
  if (unknown !== undefined) throw new TypeError(`a further sample of kind ${unknown}`);
  const colours = (await tags.number("PhotometricInterpretation")) ?? 1;
  // Where the tag names too few, libtiff adds unknown ones behind them; where too many, they count from the last band.
  const base = Math.min(BASE_SAMPLES[colours] ?? 1, samples - extra.length);
  return ALPHA_KINDS.includes(extra[samples - 1 - base] ?? 0);
}
