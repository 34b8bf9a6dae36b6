import {
  type Band,
  constantBand,
  isMeasured,
  physicalBand,
  type Scene,
  valueAt,
} from "../scene/scene.ts";
import { backgroundThreshold } from "./backgroundThreshold.ts";
import { modisPixelArea } from "./modisPixel.ts";
import { viirsPixelArea } from "./viirsPixel.ts";

/** Cosine that means "no glint". */
const NO_GLINT = -1;

/**
 * Adds the bands that the algorithms of VIIRS and MODIS read and no product holds: glint angle, background threshold and pixel area.
 * They are computed once for the scene, because the threshold depends on pixels far outside of a tile.
 */
export function withDerivedBands(scene: Scene): Scene {
  if (scene.kind === "viirs") {
    return {
      ...scene,
      bands: {
        ...scene.bands,
        glint: glintBand(scene),
        threshold: backgroundThreshold(scene),
        area: viirsAreaBand(scene),
      },
    };
  }
  if (scene.kind === "modis") {
    return { ...scene, bands: { ...scene.bands, area: areaBand(scene) } };
  }
  return scene;
}

/**
 * Cosine of the angle between the view and the sun's mirror image on level water: cos v · cos s − sin v · sin s · cos φ, φ being
 * the difference of the azimuths, 180° with the sun straight ahead. −1 where an angle is not known.
 */
export function glintCosine(sunZenith: number, viewZenith: number, azimuth: number): number {
  const [s, v, phi] = [sunZenith, viewZenith, azimuth].map((degrees) => (degrees * Math.PI) / 180);
  if (s === undefined || v === undefined || phi === undefined) throw new TypeError("three angles");
  const cosine = Math.cos(v) * Math.cos(s) - Math.sin(v) * Math.sin(s) * Math.cos(phi);
  return Number.isNaN(cosine) ? NO_GLINT : cosine;
}

function glintBand({ bands, width, height }: Scene): Band {
  const { sza, vza, raa } = bands;
  if (sza === undefined || vza === undefined || raa === undefined) return constantBand(NO_GLINT);
  return physicalBand(
    Float32Array.from({ length: width * height }, (_, i) => {
      const measured = [sza, vza, raa].every((band) => isMeasured(band, i));
      return measured ? glintCosine(valueAt(sza, i), valueAt(vza, i), valueAt(raa, i)) : NO_GLINT;
    }),
  );
}

function viirsAreaBand({ bands, width, height }: Scene): Band {
  const { vza } = bands;
  if (vza === undefined || vza.dn.length === 1) {
    return constantBand(viirsPixelArea(vza && valueAt(vza, 0)));
  }
  return physicalBand(
    Float32Array.from({ length: width * height }, (_, i) =>
      viirsPixelArea(isMeasured(vza, i) ? valueAt(vza, i) : undefined),
    ),
  );
}

function areaBand({ bands, width, height }: Scene): Band {
  const { sample } = bands;
  if (sample === undefined) return constantBand(modisPixelArea());
  if (sample.dn.length === 1) return constantBand(modisPixelArea(valueAt(sample, 0)));
  return physicalBand(
    Float32Array.from({ length: width * height }, (_, i) => modisPixelArea(valueAt(sample, i))),
  );
}
