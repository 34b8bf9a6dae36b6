import { basename } from "node:path";
import {
  type Band,
  type BandIndices,
  constantBand,
  NODATA_DN,
  SATURATED_DN,
  type Scene,
  type SensorKind,
} from "../scene/scene.ts";
import { SceneError } from "../scene/sceneError.ts";
import { withDerivedBands } from "../sensors/derivedBands.ts";
import { type BandSpec, requiredBands, SENSORS, type SensorSpec } from "../sensors/sensors.ts";
import { contradictions, defaultBands, findBands, formatBands } from "./bands.ts";
import { openRaster, type Raster } from "./geotiff/openRaster.ts";
import { type LandsatMetadata, readLandsatMetadata } from "./landsatMtl.ts";
import { implausible, isEmpty } from "./plausibility.ts";
import { joinProvenance, type Provenance, readProvenance } from "./provenance.ts";

/** A file that holds all bands, or one file a band by the sensor's names for them. */
export type SceneSource = string | Readonly<Record<string, string>>;

export interface ReadSceneOptions {
  /** The instrument that took the scene. Default: Sentinel-2's. */
  kind?: SensorKind | undefined;
  /** Index of each band in the file, from 0. Default: by the names that the file gives its bands, else in order. */
  bands?: BandIndices | undefined;
  /** reflectance = (DN + offset) · scale. Default: the metadata's, the file's own, or 0.0001 for Sentinel-2. */
  scale?: number | undefined;
  /**
   * DN; reflectance = (DN + offset) · scale. Default: 0. Sentinel-2 products of processing baseline 04.00 and later need −1000
   * unless it was already applied to the file.
   */
  offset?: number | undefined;
  /** The DN from which a reflectance counts as saturated. Default: 65535, as in Sentinel-2 and Landsat products. */
  saturation?: number | undefined;
  /** Path of a Landsat product's MTL file. */
  mtl?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** A band in a file. */
interface Found {
  dn: Float32Array;
  scale: number | undefined;
  offset: number | undefined;
  /** Whether the file marks pixels that were not measured: they are NaN then. */
  isMasked: boolean;
}

/** The bands of one file or of several, and what they share. */
interface Stack {
  name: string;
  width: number;
  height: number;
  georeference: Scene["georeference"];
  provenance: Provenance;
  bands: Record<string, Found>;
  warnings: string[];
}

/**
 * Reads a scene from GeoTIFF files. One without a georeference is read all the same, with a warning: its detections are known by
 * column and row only.
 *
 * A pixel counts as not measured where the file says so by GDAL's rules (mask, nodata values, transparency), and where a
 * reflectance is 0 if the file says nothing.
 *
 * @param source - undefined takes the files that the MTL names.
 * @throws {@link SceneError} when a file is missing, a directory, not a GeoTIFF, truncated, too large, lacks a band, differs in
 * size from the others, is of another sensor, holds nothing that was measured, or lies in a coordinate system whose longitudes
 * and latitudes cannot be computed; when Landsat's metadata are missing, malformed, or of a scene at night.
 */
export async function readScene(
  source: SceneSource | undefined,
  options: ReadSceneOptions = {},
): Promise<Scene> {
  const { kind = "sentinel-2", mtl, signal } = options;
  signal?.throwIfAborted();
  const sensor = SENSORS[kind];
  const metadata = mtl === undefined ? undefined : await readLandsatMetadata(mtl, { signal });
  const from = source ?? metadata?.files;
  if (from === undefined) throw new TypeError("a scene comes from a file or from metadata");
  if (kind === "landsat" && metadata === undefined && options.scale === undefined) {
    throw new SceneError(
      "METADATA_NEEDED",
      "A Landsat scene needs its metadata: add --mtl FILE_MTL.txt, or --scale and --offset if the file holds reflectance already corrected for the sun.",
    );
  }
  const stack = await (typeof from === "string"
    ? readStack(from, sensor, options)
    : readFiles(from, sensor, options));
  checkSensor(stack, sensor);

  const bands: Record<string, Band> = {};
  for (const spec of sensor.bands) {
    const found = stack.bands[spec.name];
    if (found !== undefined)
      bands[spec.name] = calibrate(found, spec, { sensor, metadata, options });
    else if (spec.fallback !== undefined) bands[spec.name] = constantBand(spec.fallback);
  }
  const { name, width, height, georeference, provenance } = stack;
  const acquired = metadata?.acquired ?? provenance.acquired;
  const acquiredAt = metadata?.acquiredAt ?? provenance.acquiredAt;
  const platform =
    metadata === undefined
      ? provenance.sensor
      : { satellite: metadata.satellite, instrument: "OLI" };
  const scene = {
    name,
    kind,
    width,
    height,
    bands,
    ...(metadata === undefined ? {} : { sunElevation: metadata.sunElevation }),
    ...(georeference === undefined ? {} : { georeference }),
    ...(acquired === undefined ? {} : { acquired }),
    ...(acquiredAt === undefined ? {} : { acquiredAt }),
    ...(platform === undefined ? {} : { sensor: platform }),
  };
  if (isEmpty(scene, sensor)) {
    throw new SceneError(
      "SCENE_EMPTY",
      `${name} has no pixel that was measured in all of bands ${requiredBands(sensor).join(", ")}: there is nothing to search (gdalinfo -stats tells what a file holds).`,
    );
  }
  const warnings = [
    ...stack.warnings,
    ...(georeference === undefined ? [noGeoreference(name)] : []),
    ...(kind === "landsat" && metadata === undefined ? [noElevation()] : []),
    ...implausible(scene, sensor),
  ];
  return withDerivedBands({ ...scene, warnings });
}

/** All bands from one file. */
async function readStack(
  path: string,
  sensor: SensorSpec,
  options: ReadSceneOptions,
): Promise<Stack> {
  await using raster = await openRaster(path, options);
  const descriptions = raster.bands.map(({ description }) => description);
  const count = raster.bands.length;
  const places = options.bands ?? findBands(descriptions, sensor) ?? defaultBands(sensor, count);
  checkBands(places, { name: raster.name, count, sensor });
  const names = Object.keys(places);
  const read = await raster.read(names.map((name) => places[name] ?? 0));
  return {
    ...stackOf(raster, readProvenance(raster.name, descriptions, raster.items)),
    bands: Object.fromEntries(
      names.map((name, i) => [name, foundIn(raster, places[name] ?? 0, read[i])]),
    ),
    warnings: [...raster.warnings, ...contradictions(places, descriptions, sensor)],
  };
}

/** One file a band. */
async function readFiles(
  files: Readonly<Record<string, string>>,
  sensor: SensorSpec,
  options: ReadSceneOptions,
): Promise<Stack> {
  const missing = requiredBands(sensor).filter((name) => files[name] === undefined);
  if (missing.length > 0) {
    throw new SceneError(
      "BAND_MISSING",
      `No file is given for band ${missing.join(", ")}: name all of ${requiredBands(sensor).join(", ")} as --scene 12=b12.tif,11=b11.tif.`,
    );
  }
  let stack: Stack | undefined;
  for (const { name } of sensor.bands) {
    const path = files[name];
    if (path === undefined) continue;
    await using raster = await openRaster(path, options);
    if (raster.bands.length - (raster.alpha === undefined ? 0 : 1) !== 1) {
      throw new SceneError(
        "BAND_MISSING",
        `${raster.name} has ${raster.bands.length} bands where one is expected: give a file that holds band ${name} alone, or one with all bands and --bands.`,
      );
    }
    const told = readProvenance(raster.name, [raster.bands[0]?.description], raster.items);
    stack ??= { ...stackOf(raster, told), bands: {}, warnings: [] };
    stack.provenance = joinProvenance(stack.provenance, told);
    checkSameGrid(raster, stack, basename(Object.values(files)[0] ?? ""));
    const [dn] = await raster.read([0]);
    stack.bands[name] = foundIn(raster, 0, dn);
    stack.warnings.push(...raster.warnings);
  }
  if (stack === undefined) throw new TypeError("a sensor has bands");
  return stack;
}

function stackOf(raster: Raster, provenance: Provenance): Omit<Stack, "bands" | "warnings"> {
  const { name, width, height, georeference } = raster;
  return { name, width, height, georeference, provenance };
}

function foundIn(raster: Raster, place: number, dn: Float32Array | undefined): Found {
  if (dn?.length !== raster.width * raster.height) {
    throw new TypeError("fewer pixels were read than the file has");
  }
  const { scale, offset } = raster.bands[place] ?? {};
  return { dn, scale, offset, isMasked: raster.saysWhatIsMeasured };
}

function checkSameGrid(raster: Raster, stack: Stack, first: string): void {
  const size = ({ width, height }: { width: number; height: number }) => `${width} × ${height}`;
  if (size(raster) !== size(stack)) {
    throw new SceneError(
      "SCENE_MIXED_SIZES",
      `${raster.name} has ${size(raster)} pixels and ${first} ${size(stack)}: bring all bands to one grid with gdal_translate -outsize or gdalwarp -tr.`,
    );
  }
  if (JSON.stringify(raster.georeference) !== JSON.stringify(stack.georeference)) {
    throw new SceneError(
      "SCENE_MIXED_SIZES",
      `${raster.name} and ${first} do not lie in the same place: bring all bands to one grid with gdalwarp.`,
    );
  }
}

/** Names every band that the file is too short for. */
function checkBands(
  places: BandIndices,
  { name, count, sensor }: { name: string; count: number; sensor: SensorSpec },
): void {
  const required = requiredBands(sensor);
  const missing = required.filter((band) => !((places[band] ?? count) < count));
  const beyond = Object.values(places).some((place) => place >= count);
  if (missing.length === 0 && !beyond) return;
  const example = formatBands(defaultBands(sensor, 0), sensor);
  throw new SceneError(
    "BAND_MISSING",
    `${name} has ${count} band${count === 1 ? " (0)" : `s (0 to ${count - 1})`}, so ${formatBands(places, sensor)} is not in it: say where ${sensor.title}'s bands ${required.join(", ")} stand with --bands ${example}.`,
  );
}

function checkSensor({ name, provenance }: Stack, sensor: SensorSpec): void {
  if (provenance.kind === undefined || provenance.kind === sensor.kind) return;
  const other = SENSORS[provenance.kind].title;
  throw new SceneError(
    "SCENE_WRONG_SENSOR",
    `${name} is of ${other} and the algorithm is for ${sensor.title}: choose an --algorithm for ${other}.`,
  );
}

function calibrate(
  { dn, ...own }: Found,
  { name, quantity }: BandSpec,
  {
    sensor,
    metadata,
    options,
  }: { sensor: SensorSpec; metadata: LandsatMetadata | undefined; options: ReadSceneOptions },
): Band {
  // A file's own says quantity = DN · scale + offset.
  const ownScale = own.scale ?? 1;
  const ownOffset = (own.offset ?? 0) / ownScale;
  if (quantity !== "reflectance") {
    const saturation = Number.POSITIVE_INFINITY;
    return { dn, scale: ownScale, offset: ownOffset, nodata: Number.NaN, saturation };
  }
  const isInteger = sensor.scale !== 1;
  const limits = {
    nodata: isInteger && !own.isMasked ? NODATA_DN : Number.NaN,
    saturation: options.saturation ?? (isInteger ? SATURATED_DN : Number.POSITIVE_INFINITY),
  };
  const product = metadata?.reflectance[name];
  if (metadata !== undefined && product !== undefined) {
    const sine = Math.sin((metadata.sunElevation * Math.PI) / 180);
    const { multiplier, addend } = product;
    return { dn, ...limits, scale: multiplier / sine, offset: addend / multiplier };
  }
  const scale = options.scale ?? own.scale ?? sensor.scale;
  return { dn, ...limits, scale, offset: options.offset ?? ownOffset };
}

function noGeoreference(name: string): string {
  return `${name} has no georeference: fires are given by column and row only; add one with gdal_edit.py -a_srs EPSG:<code> -a_ullr <west> <north> <east> <south>.`;
}

function noElevation(): string {
  return "Without --mtl the sun's elevation is not known: Schroeder's thresholds, made for reflectance without its correction, are taken as they are.";
}
