import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { AbortOptions } from "@assay/sdk";
import { fromFile, type GeoTIFF, type GeoTIFFImage } from "geotiff";
import { SceneError } from "../errors.ts";
import { type Georeference, isKnownCrs } from "./georeference.ts";

/** Some 8,000 × 8,000: a whole Landsat or 20 m Sentinel-2 scene, in 800 MB of memory. */
const MAX_PIXELS = 2 ** 26;

/** What a GeoTIFF file says about one of its bands. */
export interface BandNote {
  description: string | undefined;
  /** quantity = DN · scale + offset, as GDAL has it; undefined where the file is silent. */
  scale: number | undefined;
  offset: number | undefined;
}

/** An open GeoTIFF file. */
export interface Raster extends AsyncDisposable {
  /** The file's name without its folder. */
  name: string;
  width: number;
  height: number;
  /** In file order. */
  bands: readonly BandNote[];
  /** The DN for "nothing", if the file names one. */
  nodata: number | undefined;
  georeference: Georeference | undefined;
  /** Reads bands by their places in the file, from 0. */
  read(places: readonly number[]): Promise<Float32Array[]>;
}

/**
 * Opens a GeoTIFF file and makes sure that it is all there.
 * @throws {@link SceneError} when the file is missing, a directory, not a GeoTIFF, truncated, too large, or lies in a coordinate
 * system whose longitudes and latitudes cannot be computed.
 */
export async function openRaster(path: string, { signal }: AbortOptions = {}): Promise<Raster> {
  signal?.throwIfAborted();
  const name = basename(path);
  const { size: fileBytes } = await statFile(path);
  let file: GeoTIFF | undefined;
  const reading = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      await file?.close();
      signal?.throwIfAborted();
      if (error instanceof SceneError) throw error;
      throw new SceneError(
        "SCENE_NOT_A_GEOTIFF",
        `${name} cannot be read as a GeoTIFF: give a .tif file (gdalinfo tells what a file is, gdal_translate makes one).`,
        { cause: error },
      );
    }
  };
  return reading(async () => {
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
    return {
      ...{ name, width, height },
      bands: await describeBands(image),
      nodata: image.getGDALNoData() ?? undefined,
      georeference: readGeoreference(image, name),
      read: (places) =>
        reading(async () => {
          const rasters = await image.readRasters({
            samples: [...places],
            interleave: false,
            ...(signal === undefined ? {} : { signal }),
          });
          signal?.throwIfAborted(); // files are read without regard to it
          return Array.from(places, (_, i) => toFloat32(rasters[i] ?? []));
        }),
      [Symbol.asyncDispose]: async () => {
        await file?.close();
      },
    };
  });
}

async function statFile(path: string) {
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
  return file;
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

async function describeBands(image: GeoTIFFImage): Promise<BandNote[]> {
  const notes: BandNote[] = [];
  for (let band = 0; band < image.getSamplesPerPixel(); band++) {
    const metadata = await image.getGDALMetadata(band);
    const text = (key: string) => {
      const value: unknown = metadata?.[key];
      return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
    };
    const number = (key: string) => {
      const value = Number(text(key) ?? Number.NaN);
      return Number.isFinite(value) ? value : undefined;
    };
    notes.push({
      description: text("DESCRIPTION"),
      scale: number("SCALE"),
      offset: number("OFFSET"),
    });
  }
  return notes;
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

function toFloat32(values: ArrayLike<number>): Float32Array {
  return values instanceof Float32Array ? values : Float32Array.from(values);
}
