import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { fromFile, type GeoTIFF, type GeoTIFFImage } from "geotiff";
import { SceneError } from "../errors.ts";
import { contradictions, DEFAULT_BANDS, findBands, formatBands } from "./bands.ts";
import { type Georeference, isKnownCrs } from "./georeference.ts";
import {
  BAND_NAMES,
  type BandIndices,
  NODATA_DN,
  SATURATED_DN,
  type Scene,
  type Sensor,
} from "./scene.ts";

/** Some 8,000 × 8,000: a whole Landsat or 20 m Sentinel-2 scene, in 800 MB of memory. */
const MAX_PIXELS = 2 ** 26;

export interface ReadSceneOptions {
  /**
   * Where each band stands in the file, from 0. Default: by the names that the file gives its bands; where it gives none,
   * `12=0,11=1,nir=2`.
   */
  bands?: BandIndices | undefined;
  /** reflectance = (DN + offset) · scale. Default: 0.0001 */
  scale?: number | undefined;
  /**
   * DN; reflectance = (DN + offset) · scale. Default: 0. Sentinel-2 products of processing baseline 04.00 and later need −1000
   * unless whoever cut the file has already applied it.
   */
  offset?: number | undefined;
  /** The DN from which a pixel counts as saturated. Default: 65535, as in Sentinel-2 products. */
  saturation?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Reads three bands of a GeoTIFF file. A file without a georeference is read all the same, with a warning: its detections
 * are known by column and row only.
 *
 * A pixel counts as not measured where a band has the file's nodata value, or 0 if the file names none.
 *
 * @throws {@link SceneError} when the file is missing, a directory, not a GeoTIFF, truncated, too large, lacks a band, or
 * lies in a coordinate system whose longitudes and latitudes cannot be computed.
 */
export async function readScene(path: string, options: ReadSceneOptions = {}): Promise<Scene> {
  const { scale = 1e-4, offset = 0, saturation = SATURATED_DN, signal } = options;
  signal?.throwIfAborted();
  const name = basename(path);
  const { size: fileBytes } = await statFile(path);

  let file: GeoTIFF | undefined;
  try {
    file = await fromFile(path, signal);
    const image = await file.getImage();
    const width = image.getWidth();
    const height = image.getHeight();
    if (width * height > MAX_PIXELS) {
      throw new SceneError(
        "SCENE_TOO_LARGE",
        `${name} has ${width} × ${height} pixels, more than ${MAX_PIXELS}: cut a part out with gdal_translate -srcwin.`,
      );
    }
    await checkComplete(image, { name, fileBytes });

    const descriptions = await describeBands(image);
    const bands = options.bands ?? findBands(descriptions) ?? DEFAULT_BANDS;
    checkBands(bands, { name, count: image.getSamplesPerPixel() });

    const [b12, b11, nir] = await image.readRasters({
      samples: BAND_NAMES.map((band) => bands[band]),
      interleave: false,
      ...(signal === undefined ? {} : { signal }),
    });
    if (b12 === undefined || b11 === undefined || nir === undefined) {
      throw new TypeError("fewer bands were read than asked for");
    }
    signal?.throwIfAborted(); // files are read without regard to it
    const georeference = readGeoreference(image, name);
    const acquired = findDate([name, ...descriptions]);
    const sensor = findSensor(name, descriptions);
    const scene = {
      name,
      width,
      height,
      bands: { "12": toFloat32(b12), "11": toFloat32(b11), nir: toFloat32(nir) },
      scale,
      offset,
      nodata: image.getGDALNoData() ?? NODATA_DN,
      saturation,
      ...(georeference === undefined ? {} : { georeference }),
      ...(acquired === undefined ? {} : { acquired }),
      ...(sensor === undefined ? {} : { sensor }),
    };
    const warnings = [
      ...contradictions(bands, descriptions),
      ...(georeference === undefined ? [noGeoreference(name)] : []),
      ...implausible(scene),
    ];
    return { ...scene, warnings };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof SceneError) throw error;
    throw new SceneError(
      "SCENE_NOT_A_GEOTIFF",
      `${name} cannot be read as a GeoTIFF: give a .tif file with bands 12, 11 and NIR (gdalinfo tells what a file is).`,
      { cause: error },
    );
  } finally {
    await file?.close();
  }
}

async function statFile(path: string) {
  const file = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === "ENOENT" || cause.code === "ENOTDIR"
      ? new SceneError(
          "SCENE_NOT_FOUND",
          `There is no file ${path}: check the path given to --scene.`,
          {
            cause,
          },
        )
      : unreadable(path, cause);
  });
  if (file.isDirectory()) {
    throw new SceneError(
      "SCENE_IS_A_DIRECTORY",
      `${path} is a directory: give --scene one GeoTIFF file that holds all three bands.`,
    );
  }
  return file;
}

function unreadable(path: string, cause: NodeJS.ErrnoException) {
  return new SceneError(
    "SCENE_UNREADABLE",
    `${path} cannot be opened (${cause.code}): check its permissions.`,
    { cause },
  );
}

/** The TIFF reader fills what lies behind the end of a file with zeros, so we look for ourselves. */
async function checkComplete(
  image: GeoTIFFImage,
  { name, fileBytes }: { name: string; fileBytes: number },
): Promise<void> {
  const kind = image.isTiled ? "Tile" : "Strip";
  const offsets = await image.fileDirectory.loadValue(`${kind}Offsets`);
  const byteCounts = await image.fileDirectory.loadValue(`${kind}ByteCounts`);
  if (offsets === undefined || byteCounts === undefined) throw new TypeError("no pixel data");
  for (let i = 0; i < offsets.length; i++) {
    const end = Number(offsets[i]) + Number(byteCounts[i]);
    if (!(end <= fileBytes)) {
      throw new SceneError(
        "SCENE_TRUNCATED",
        `${name} is cut short: it has ${fileBytes} bytes and its pixels reach to byte ${end}; copy or download it again.`,
      );
    }
  }
}

async function describeBands(image: GeoTIFFImage): Promise<(string | undefined)[]> {
  const descriptions: (string | undefined)[] = [];
  for (let band = 0; band < image.getSamplesPerPixel(); band++) {
    const metadata = await image.getGDALMetadata(band);
    const description = metadata?.DESCRIPTION;
    descriptions.push(typeof description === "string" ? description.trim() : undefined);
  }
  return descriptions;
}

function checkBands(bands: BandIndices, { name, count }: { name: string; count: number }): void {
  const missing = BAND_NAMES.filter((band) => bands[band] >= count);
  if (missing.length === 0) return;
  const last = count - 1;
  throw new SceneError(
    "BAND_MISSING",
    `${name} has ${count} band${count === 1 ? " (0)" : `s (0 to ${last})`}, so ${formatBands(bands)} is not in it: say where bands 12, 11 and NIR stand with --bands 12=0,11=1,nir=2.`,
  );
}

function readGeoreference(image: GeoTIFFImage, name: string): Georeference | undefined {
  const keys = image.getGeoKeys();
  const epsg: unknown = keys?.ProjectedCSTypeGeoKey ?? keys?.GeographicTypeGeoKey;
  const affine = readAffine(image);
  if (typeof epsg !== "number" || affine === undefined) return undefined;
  if (!isKnownCrs(epsg)) {
    throw new SceneError(
      "SCENE_UNKNOWN_CRS",
      `${name} lies in EPSG:${epsg}, whose longitudes and latitudes are not known here: reproject it to WGS 84 / UTM with gdalwarp -t_srs EPSG:326<zone>.`,
    );
  }
  // "Point" rasters place the origin at the first pixel's centre, we at its corner.
  if (keys?.GTRasterTypeGeoKey === 2) {
    affine.originX -= (affine.columnX + affine.rowX) / 2;
    affine.originY -= (affine.columnY + affine.rowY) / 2;
  }
  return { epsg, ...affine };
}

function readAffine(image: GeoTIFFImage): Omit<Georeference, "epsg"> | undefined {
  const matrix = image.fileDirectory.getValue("ModelTransformation");
  if (matrix !== undefined) {
    const [columnX = 0, rowX = 0, , originX = 0, columnY = 0, rowY = 0, , originY = 0] = matrix;
    return { originX, originY, columnX, columnY, rowX, rowY };
  }
  const tiepoint = image.fileDirectory.getValue("ModelTiepoint");
  const scale = image.fileDirectory.getValue("ModelPixelScale");
  if (tiepoint === undefined || tiepoint.length !== 6 || scale === undefined) return undefined;
  const [x = 0, y = 0, , mapX = 0, mapY = 0] = tiepoint;
  const [stepX = 0, stepY = 0] = scale;
  return {
    originX: mapX - x * stepX,
    originY: mapY + y * stepY,
    columnX: stepX,
    columnY: 0,
    rowX: 0,
    rowY: -stepY,
  };
}

/** The first thing that looks like a day between 1970 and 2099, `20230514` or `2023-05-14`. */
function findDate(texts: readonly (string | undefined)[]): string | undefined {
  for (const text of texts) {
    for (const match of text?.matchAll(/(?<!\d)((?:19[7-9]|20\d)\d)(-?)(\d\d)\2(\d\d)(?!\d)/g) ??
      []) {
      const day = `${match[1]}-${match[3]}-${match[4]}`;
      const time = Date.parse(`${day}T00:00:00Z`);
      if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(day)) return day;
    }
  }
  return undefined;
}

function findSensor(
  name: string,
  descriptions: readonly (string | undefined)[],
): Sensor | undefined {
  const unit = /(?<![A-Z0-9])S2([A-D])(?![A-Z0-9])/i.exec(name)?.[1];
  if (unit !== undefined)
    return { satellite: `Sentinel-2${unit.toUpperCase()}`, instrument: "MSI" };
  // Bands 11 and 12 in the short-wave infrared under these names are the MSI's own.
  const all = descriptions.join(" ");
  const isMsi = /\bB11\b[^B]*16[01]\dnm/i.test(all) && /\bB12\b[^B]*(?:219|220)\dnm/i.test(all);
  return isMsi ? { satellite: "Sentinel-2", instrument: "MSI" } : undefined;
}

function noGeoreference(name: string): string {
  return `${name} has no georeference: fires are given by column and row only; add one with gdal_edit.py -a_srs EPSG:<code> -a_ullr <west> <north> <east> <south>.`;
}

/** Says so when the numbers cannot be reflectances under this scale and offset: a wrong scale finds nothing, silently. */
function implausible({
  bands,
  scale,
  offset,
  nodata,
}: Pick<Scene, "bands" | "scale" | "offset" | "nodata">): string[] {
  let highest = Number.NEGATIVE_INFINITY;
  for (const dn of bands["12"]) {
    if (dn > highest && dn !== nodata && dn !== Number.POSITIVE_INFINITY) highest = dn;
  }
  if (highest === Number.NEGATIVE_INFINITY) return ["Band 12 holds no measured pixel at all."];
  const reflectance = (highest + offset) * scale;
  if (reflectance >= 0.01 && reflectance <= 100) return [];
  return [
    `The highest reflectance in band 12 would be ${reflectance.toPrecision(3)}, which no scene has: check --scale (1 if the file holds reflectance already) and --offset.`,
  ];
}

function toFloat32(values: ArrayLike<number>): Float32Array {
  return values instanceof Float32Array ? values : Float32Array.from(values);
}
