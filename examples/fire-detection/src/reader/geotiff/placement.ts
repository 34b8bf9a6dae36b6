import { findCrs } from "../../scene/crs.ts";
import type { Georeference } from "../../scene/georeference.ts";
import { SceneError } from "../../scene/sceneError.ts";
import type { Tags } from "./tags.ts";

/** GeoTIFF's code for a coordinate system that is in the file's own keys instead of a register. */
const USER_DEFINED = 32_767;

/**
 * Reads the georeference of an image.
 * @returns undefined if it has none.
 * @throws {@link SceneError} when its longitudes and latitudes cannot be computed.
 */
export async function readPlacement(
  name: string,
  tags: Tags,
  keys: Readonly<Record<string, unknown>>,
): Promise<Georeference | undefined> {
  const affine = await readAffine(tags);
  const epsg = keys.ProjectedCSTypeGeoKey ?? keys.GeographicTypeGeoKey;
  if (typeof epsg !== "number" || affine === undefined) return undefined;
  if (epsg === USER_DEFINED || epsg === 0) throw userDefined(name, keys);
  const crs = findCrs(epsg);
  if (!crs.isKnown) {
    throw new SceneError(
      "SCENE_UNKNOWN_CRS",
      `${name} lies in EPSG:${epsg}${crs.name === undefined ? "" : ` (${crs.name})`}, ${crs.why}: reproject it to WGS 84 / UTM with gdalwarp -t_srs EPSG:326<zone>.`,
    );
  }
  // "Point" rasters place the origin at the first pixel's centre, we at its corner.
  if (keys.GTRasterTypeGeoKey === 2) {
    affine.originX -= (affine.columnX + affine.rowX) / 2;
    affine.originY -= (affine.columnY + affine.rowY) / 2;
  }
  return { epsg, ...affine };
}

function userDefined(name: string, keys: Readonly<Record<string, unknown>>): SceneError {
  const text = [keys.PCSCitationGeoKey, keys.GTCitationGeoKey, keys.GeogCitationGeoKey]
    .filter((citation) => typeof citation === "string")
    .map((citation) =>
      citation
        .replace(/\0.*$/s, "")
        .replaceAll(/[|\s]+/g, " ")
        .trim(),
    )
    .find((citation) => citation !== "");
  return new SceneError(
    "SCENE_UNKNOWN_CRS",
    `${name} lies in a user-defined coordinate system${text === undefined ? "" : ` ("${text}")`}, which has no EPSG code: reproject it to WGS 84 / UTM with gdalwarp -t_srs EPSG:326<zone>.`,
  );
}

async function readAffine(tags: Tags): Promise<Omit<Georeference, "epsg"> | undefined> {
  const matrix = await tags.numbers("ModelTransformation");
  if (matrix !== undefined && matrix.length >= 8) {
    const [columnX = 0, rowX = 0, , originX = 0, columnY = 0, rowY = 0, , originY = 0] = matrix;
    return usable({ originX, originY, columnX, columnY, rowX, rowY });
  }
  const tiepoint = await tags.numbers("ModelTiepoint");
  const scale = await tags.numbers("ModelPixelScale");
  if (tiepoint === undefined || tiepoint.length !== 6 || scale === undefined) return undefined;
  const [x = 0, y = 0, , mapX = 0, mapY = 0] = tiepoint;
  const [stepX = 0, stepY = 0] = scale;
  return usable({
    originX: mapX - x * stepX,
    originY: mapY + y * stepY,
    columnX: stepX,
    columnY: 0,
    rowX: 0,
    rowY: -stepY,
  });
}

/** Undefined for a map that puts all pixels on one line or nowhere. */
function usable(affine: Omit<Georeference, "epsg">): Omit<Georeference, "epsg"> | undefined {
  const { columnX, columnY, rowX, rowY } = affine;
  const area = Math.abs(columnX * rowY - columnY * rowX);
  const allFinite = Object.values(affine).every(Number.isFinite);
  return allFinite && area > 0 ? affine : undefined;
}
