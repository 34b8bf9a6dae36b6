import type { Georeference } from "../scene/georeference.ts";
import { constantBand, type Pixel, pixelKey, type Scene } from "../scene/scene.ts";
import { CLOUD_RHO, cloudsOf, OPAQUE } from "./clouds.ts";
import { type Landscape, makeLandscape } from "./landscape.ts";
import { MSI, type OpticalSensor, opticalBand, SUN_ELEVATION, toDn } from "./opticalSensor.ts";
import { glowReflectance } from "./planck.ts";
import { createRandom, type Random } from "./random.ts";
import { anyFlame, type HotSpot, lightFires, scatterFlames } from "./wildfire.ts";

/** A scene whose burning pixels are known. */
export interface SyntheticScene extends Scene {
  /** Every pixel with flames in it (2 m² or more) that no cloud hides, by row, then by column. */
  truth: readonly Pixel[];
  /** The flames in these pixels; a pixel may have several. */
  flames: readonly HotSpot[];
  /** Hot spots that are not fires: gas flares, and embers too cool to differ from ground. */
  decoys: readonly (HotSpot & { what: "flare" | "ember" })[];
  landscape: Landscape;
  /** Share of a pixel's light that clouds take, 0 to 1. */
  cloudAt(x: number, y: number): number;
}

export interface MakeSceneOptions {
  /** Any 32-bit integer; the scene follows from it. */
  seed: number;
  sensor?: OpticalSensor | undefined;
  /** Pixels. Default: 768. */
  width?: number | undefined;
  /** Pixels. Default: 768. */
  height?: number | undefined;
  /** Number of wildfires. Default: 6. */
  fires?: number | undefined;
  /**
   * For measuring detectors: adds clouds and `single` separate flames, and makes all sizes and temperatures of flames equally likely.
   * Default: none of these.
   */
  trial?: { single: number } | undefined;
}

/** Acquisition time of all synthetic scenes. */
export const SYNTHETIC_TIME = { acquired: "2000-08-01", acquiredAt: "10:30:00" };

const SIN_SUN = Math.sin((SUN_ELEVATION * Math.PI) / 180);

/** Shares of a hot spot's light that fall into its own pixel, each pixel beside it and each pixel at a corner. */
const SPREAD = { own: 0.896, side: 0.022, corner: 0.004 };

/**
 * Makes a Sentinel-2-like scene (20 m pixels, bands 12, 11, 8A), or one of another optical sensor, with wildfires at known places.
 *
 * A flame fills a part f of its pixel and glows by Planck's law: ρ = (1 − f)·ρ_ground + f·π·B(λ, T) / (E·cos θ). The
 * optics spread a little of its light into the 8 neighbours, smoke veils the near-infrared, the detectors add noise and
 * saturate. Small or cool flames drown in the ground's own light, and roofs, gas flares and the spread of strong fires
 * look like flames: a detector cannot be perfect here, and its precision and recall mean something.
 *
 * The georeference is in the Gulf of Guinea, where nothing can burn, so that nobody takes the result for a report.
 */
export function makeScene({
  seed,
  sensor = MSI,
  width = 768,
  height = 768,
  fires = 6,
  trial,
}: MakeSceneOptions): SyntheticScene {
  const random = createRandom(seed);
  const landscape = makeLandscape({ seed, width, height });
  const wildfires = lightFires({
    random: random.fork(2),
    seed,
    landscape,
    count: fires,
    ...(trial === undefined ? {} : { flame: anyFlame }),
  });
  const single = trial === undefined ? [] : scatterFlames(random.fork(5), landscape, trial.single);
  const flames = [...wildfires.flames, ...single];
  const flares = lightFlares(random.fork(3), landscape);
  const glow = spreadGlow([...flames, ...wildfires.embers, ...flares], sensor, { width, height });
  const noise = random.fork(4);
  const cloudAt = trial === undefined ? () => 0 : cloudsOf(seed);

  const bands = sensor.bands.map(() => opticalBand(sensor, width * height));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const char = landscape.fuel[i] === 1 ? wildfires.charAt(x, y) : 0;
      const smoke = wildfires.smokeAt(x, y);
      const cloud = cloudAt(x, y);
      for (const [b, { wave }] of sensor.bands.entries()) {
        const bare = (landscape.rho[wave]?.[i] ?? 0) * (1 - char) + (CHAR[wave] ?? 0) * char;
        const veil = smoke * (SMOKE_OPACITY[wave] ?? 0);
        const light = bare * (1 - veil) + (SMOKE_RHO[wave] ?? 0) * veil + (glow[b]?.[i] ?? 0);
        const seen = light * (1 - cloud) + (CLOUD_RHO[wave] ?? 0) * cloud;
        const dn = toDn(sensor, seen * (1 + 0.012 * noise.normal()) + 0.0012 * noise.normal());
        const band = bands[b];
        if (band !== undefined) band.dn[i] = dn;
      }
    }
  }
  const named = sensor.bands.map(({ name }, b) => [name, bands[b] ?? constantBand(0)] as const);
  const shown = flames.filter(({ x, y }) => cloudAt(x, y) < OPAQUE);
  return {
    name: `Synthetic scene, seed ${seed}`,
    kind: sensor.kind,
    width,
    height,
    bands: {
      ...Object.fromEntries(named),
      ...(sensor.kind === "landsat" ? { radsat: constantBand(0) } : {}),
    },
    ...SYNTHETIC_TIME,
    sunElevation: SUN_ELEVATION,
    georeference: inTheGulf(width, height, sensor.pixelMetres),
    warnings: [],
    truth: uniquePixels(shown),
    flames: shown,
    decoys: [
      ...flares.map((spot) => ({ ...spot, what: "flare" as const })),
      ...wildfires.embers.map((spot) => ({ ...spot, what: "ember" as const })),
    ],
    landscape,
    cloudAt,
  };
}

/** A georeference in the Gulf of Guinea, north of the equator at 3° E, where there is only sea. */
export function inTheGulf(width: number, height: number, pixelMetres: number): Georeference {
  const metres = Math.max(width, height) * pixelMetres;
  return {
    epsg: 32631,
    originX: 500_000 - metres / 2,
    originY: metres,
    columnX: pixelMetres,
    columnY: 0,
    rowX: 0,
    rowY: -pixelMetres,
  };
}

/** Fresh char, smoke, and how well it hides the ground, at each of `WAVELENGTHS_UM`: long waves pass through. */
const CHAR = [0.19, 0.17, 0.075, 0.05, 0.045, 0.042, 0.04];
const SMOKE_RHO = [0.05, 0.1, 0.42, 0.44, 0.45, 0.46, 0.46];
const SMOKE_OPACITY = [0.05, 0.12, 0.8, 0.88, 0.91, 0.94, 0.95];

/** Two gas flares: hot, but no wildfires. */
function lightFlares(random: Random, { width, height, fuel, rho }: Landscape): HotSpot[] {
  const flares: HotSpot[] = [];
  for (let attempt = 0; flares.length < 2 && attempt < 1_000; attempt++) {
    const x = Math.floor(width * random.between(0.05, 0.95));
    const y = Math.floor(height * random.between(0.05, 0.95));
    const i = y * width + x;
    const isDryGround = fuel[i] === 0 && (rho[0]?.[i] ?? 0) > 0.1;
    if (isDryGround) flares.push({ x, y, areaM2: 1.2, kelvin: 1_700 });
  }
  return flares;
}

/** Reflectance that hot spots add, by band; a pixel's ground loses next to nothing to their area and keeps it. */
function spreadGlow(
  spots: readonly HotSpot[],
  { bands, pixelMetres }: OpticalSensor,
  { width, height }: { width: number; height: number },
): Float32Array[] {
  return bands.map(({ optics }) => {
    const added = new Float32Array(width * height);
    for (const spot of spots) {
      const light =
        (spot.areaM2 / pixelMetres ** 2) * glowReflectance(optics, spot.kelvin, SIN_SUN);
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          const x = spot.x + dx;
          const y = spot.y + dy;
          if (x < 0 || y < 0 || x >= width || y >= height) continue;
          const share =
            dx === 0 && dy === 0 ? SPREAD.own : dx === 0 || dy === 0 ? SPREAD.side : SPREAD.corner;
          const i = y * width + x;
          added[i] = (added[i] ?? 0) + light * share;
        }
      }
    }
    return added;
  });
}

/** The pixels without duplicates, by row, then by column. */
export function uniquePixels(spots: readonly Pixel[]): Pixel[] {
  const seen = new Map(spots.map(({ x, y }) => [pixelKey({ x, y }), { x, y }]));
  return [...seen.values()].sort((a, b) => a.y - b.y || a.x - b.x);
}
