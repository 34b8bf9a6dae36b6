import { NODATA_DN, type Pixel, SATURATED_DN, type Scene } from "./scene.ts";
import { type Landscape, makeLandscape } from "./synthetic/landscape.ts";
import { type BandOptics, glowReflectance } from "./synthetic/planck.ts";
import { createRandom, type Random } from "./synthetic/random.ts";
import { type HotSpot, lightFires } from "./synthetic/wildfire.ts";

/** A scene of which we know where it burns. */
export interface SyntheticScene extends Scene {
  /** Every pixel with flames in it (2 m² or more at 600 K or more), by row, then by column. */
  truth: readonly Pixel[];
}

export interface MakeSceneOptions {
  /** Any 32-bit integer; the scene follows from it. */
  seed: number;
  /** Pixels. Default: 768 */
  width?: number | undefined;
  /** Pixels. Default: 768 */
  height?: number | undefined;
  /** How many wildfires. Default: 6 */
  fires?: number | undefined;
}

const PIXEL_METRES = 20;
const PIXEL_M2 = PIXEL_METRES ** 2;
const COS_SUN_ZENITH = Math.cos((40 * Math.PI) / 180);

/** Centre wavelengths and solar irradiances of Sentinel-2A's bands 12, 11 and 8A (product metadata). */
const OPTICS: readonly [BandOptics, BandOptics, BandOptics] = [
  { wavelengthUm: 2.19, solarIrradiance: 85.25 },
  { wavelengthUm: 1.61, solarIrradiance: 245.59 },
  { wavelengthUm: 0.865, solarIrradiance: 955.32 },
];

/** The detectors end here, in reflectance; what is brighter is written as {@link SATURATED_DN}. */
const BRIGHTEST_REFLECTANCE = 1.8;
const SCALE = 1e-4;

/** How much of a hot spot's light falls into its own pixel, each of the 4 next to it and each of the 4 at its corners. */
const SPREAD = { own: 0.896, side: 0.022, corner: 0.004 };

/**
 * Makes a Sentinel-2-like scene (20 m pixels, bands 12, 11, 8A) with wildfires at known places.
 *
 * A flame fills a part f of its pixel and glows by Planck's law: ρ = (1 − f)·ρ_ground + f·π·B(λ, T) / (E·cos θ). The
 * optics spread a little of it into the 8 neighbours, smoke veils the near-infrared, the detectors add noise and
 * saturate. Small or cool flames drown in the ground's own light, and roofs, gas flares and the spread of strong fires
 * look like flames: a detector cannot be perfect here, and its precision and recall mean something.
 *
 * The georeference is in the Gulf of Guinea, where nothing can burn, so that nobody takes the result for a report.
 */
export function makeScene({
  seed,
  width = 768,
  height = 768,
  fires = 6,
}: MakeSceneOptions): SyntheticScene {
  const random = createRandom(seed);
  const landscape = makeLandscape({ seed, width, height });
  const wildfires = lightFires({
    random: random.fork(2),
    seed,
    landscape,
    count: fires,
  });
  const flares = lightFlares(random.fork(3), landscape);
  const glow = spreadGlow([...wildfires.flames, ...wildfires.embers, ...flares], width, height);
  const noise = random.fork(4);

  const bands = [0, 1, 2].map(() => new Float32Array(width * height));
  const smokeColour = [0.05, 0.1, 0.42];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const char = landscape.fuel[i] === 1 ? wildfires.charAt(x, y) : 0;
      const smoke = wildfires.smokeAt(x, y);
      for (const [b, band] of bands.entries()) {
        const bare = (landscape.rho[b]?.[i] ?? 0) * (1 - char) + (CHAR[b] ?? 0) * char;
        const veil = smoke * (SMOKE_OPACITY[b] ?? 0);
        const seen = bare * (1 - veil) + (smokeColour[b] ?? 0) * veil + (glow[b]?.[i] ?? 0);
        band[i] = toDn(seen * (1 + 0.012 * noise.normal()) + 0.0012 * noise.normal());
      }
    }
  }
  const [b12, b11, nir] = bands;
  if (b12 === undefined || b11 === undefined || nir === undefined)
    throw new TypeError("three bands");

  const metres = Math.max(width, height) * PIXEL_METRES;
  return {
    name: `Synthetic scene, seed ${seed}`,
    width,
    height,
    bands: { "12": b12, "11": b11, nir },
    scale: SCALE,
    offset: 0,
    nodata: NODATA_DN,
    saturation: SATURATED_DN,
    georeference: {
      epsg: 32631,
      originX: 500_000 - metres / 2,
      originY: metres,
      columnX: PIXEL_METRES,
      columnY: 0,
      rowX: 0,
      rowY: -PIXEL_METRES,
    },
    warnings: [],
    truth: uniquePixels(wildfires.flames),
  };
}

/** Fresh char, and how well smoke hides the ground, in bands 12, 11 and NIR: long waves pass through. */
const CHAR = [0.19, 0.17, 0.075];
const SMOKE_OPACITY = [0.05, 0.12, 0.8];

/** Two gas flares: truly hot, but no wildfire. */
function lightFlares(random: Random, { width, height, fuel, rho }: Landscape): HotSpot[] {
  const flares: HotSpot[] = [];
  for (let attempt = 0; flares.length < 2 && attempt < 1_000; attempt++) {
    const x = Math.floor(width * random.between(0.05, 0.95));
    const y = Math.floor(height * random.between(0.05, 0.95));
    const i = y * width + x;
    const isDryGround = fuel[i] === 0 && (rho[0][i] ?? 0) > 0.1;
    if (isDryGround) flares.push({ x, y, areaM2: 1.2, kelvin: 1_700 });
  }
  return flares;
}

/** Reflectance that hot spots add, by band; a pixel's ground loses next to nothing to their area and keeps it. */
function spreadGlow(spots: readonly HotSpot[], width: number, height: number): Float32Array[] {
  return OPTICS.map((optics) => {
    const added = new Float32Array(width * height);
    for (const spot of spots) {
      const light = (spot.areaM2 / PIXEL_M2) * glowReflectance(optics, spot.kelvin, COS_SUN_ZENITH);
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

function toDn(reflectance: number): number {
  if (reflectance >= BRIGHTEST_REFLECTANCE) return SATURATED_DN;
  return Math.max(NODATA_DN + 1, Math.round(reflectance / SCALE));
}

function uniquePixels(spots: readonly HotSpot[]): Pixel[] {
  const seen = new Map(spots.map(({ x, y }) => [`${x},${y}`, { x, y }]));
  return [...seen.values()].sort((a, b) => a.y - b.y || a.x - b.x);
}
