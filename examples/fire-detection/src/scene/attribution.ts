import type { Scene } from "./scene.ts";

/** The credit line that the licence of the scene's data requires; undefined if none is known to be required. */
export function attribution(scene: Scene): string | undefined {
  if (scene.sensor?.satellite.startsWith("Landsat") === true) {
    return "Landsat data courtesy of the U.S. Geological Survey";
  }
  if (scene.sensor?.satellite.startsWith("Sentinel-2") !== true) return undefined;
  const year = scene.acquired?.slice(0, 4);
  return `Contains modified Copernicus Sentinel data${year === undefined ? "" : ` ${year}`}`;
}
