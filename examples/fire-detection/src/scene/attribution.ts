import type { Scene } from "./scene.ts";

/** The line that the scene's licence asks for, if its sensor is known to need one. */
export function attribution(scene: Scene): string | undefined {
  if (scene.sensor?.satellite.startsWith("Landsat") === true) {
    return "Landsat data courtesy of the U.S. Geological Survey";
  }
  if (scene.sensor?.satellite.startsWith("Sentinel-2") !== true) return undefined;
  const year = scene.acquired?.slice(0, 4);
  return `Contains modified Copernicus Sentinel data${year === undefined ? "" : ` ${year}`}`;
}
