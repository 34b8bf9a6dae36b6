import { constantBand, physicalBand } from "../scene/scene.ts";
import { glintCosine, withDerivedBands } from "../sensors/derivedBands.ts";
import { cloudsOf, OPAQUE } from "./clouds.ts";
import { MATERIALS, type Material, makeLandscape } from "./landscape.ts";
import { fractalNoise } from "./noise.ts";
import { brightnessTemperature, planckRadiance } from "./planck.ts";
import { createRandom } from "./random.ts";
import { inTheGulf, SYNTHETIC_TIME, type SyntheticScene, uniquePixels } from "./syntheticScene.ts";
import { scatterFlames } from "./wildfire.ts";

export interface MakeThermalSceneOptions {
  /** Any 32-bit integer; the scene follows from it. */
  seed: number;
  kind: "viirs" | "modis";
  /** Default: true for every fourth seed. */
  night?: boolean | undefined;
  /** Pixels. Default: 256. */
  width?: number | undefined;
  /** Pixels. Default: 256. */
  height?: number | undefined;
  /** Number of fires. Default: 150. */
  fires?: number | undefined;
}

/** µm of the bands that see heat, metres of a pixel at nadir, and the temperature (K) at which the short one saturates. */
const SENSORS = {
  viirs: { short: 3.74, long: 11.45, pixelMetres: 375, saturates: 367 },
  modis: { short: 3.959, long: 11.009, pixelMetres: 1_000, saturates: 500 },
} as const;

/** Temperatures of the ground by day and by night, K: dry and dark ground in the sun is hot, water is not. */
const KELVIN: Readonly<Record<Material, readonly [day: number, night: number]>> = {
  forest: [300, 287],
  field: [307, 285],
  town: [312, 290],
  rock: [315, 286],
  scar: [318, 285],
  water: [294, 293],
};
/** Maximum by which dry fields are hotter than others, K. */
const HOT_SOIL = 22;
/** Reflectance of the ground at 3.7 µm. */
const SHORT_RHO: Readonly<Record<Material, number>> = {
  forest: 0.02,
  field: 0.05,
  town: 0.08,
  rock: 0.1,
  scar: 0.06,
  water: 0.01,
};
/** Solar irradiance above the atmosphere at 3.7 µm, W m⁻² µm⁻¹, and in VIIRS's band M13, which is at 4.05 µm. */
const SHORT_SUN = 10.7;
const M13 = { um: 4.05, sun: 8 };
/** Degrees. */
const SUN_ZENITH = 40;
const CLOUD = { kelvin: 262, rho: 0.72, short: 0.08 };

/**
 * Makes a synthetic scene of VIIRS's 375 m bands or MODIS's 1 km bands, with flames of 2–250 m² at 400–1,200 K at known places.
 *
 * Radiances are mixed, then turned into brightness temperatures: L = (1 − f)·B(λ, T_ground) + f·B(λ, T_flame), and by day the
 * sunlight that the ground reflects at 3.7 µm. Ground differs in temperature by what it is and by a texture; there are hot soil,
 * clouds, water with sun glint where the view meets the sun's mirror image, and towns. I4 saturates at 367 K, with its quality flag set.
 */
export function makeThermalScene({
  seed,
  kind,
  night = seed % 4 === 0,
  width = 256,
  height = 256,
  fires = 150,
}: MakeThermalSceneOptions): SyntheticScene {
  const { short, long, pixelMetres, saturates } = SENSORS[kind];
  const random = createRandom(seed);
  const landscape = makeLandscape({ seed, width, height });
  const flames = scatterFlames(random.fork(5), landscape, fires);
  const cloudAt = cloudsOf(seed, 30);
  const texture = fractalNoise(seed + 9_000, { octaves: 4, wavelength: 40 });
  const dryness = fractalNoise(seed + 9_500, { octaves: 3, wavelength: 60 });
  const noise = random.fork(4);
  const cosSun = Math.cos((SUN_ZENITH * Math.PI) / 180);

  const pixels = width * height;
  const band = () => new Float32Array(pixels);
  const bands = { short: band(), long: band(), red: band(), nir: band(), swir: band() };
  const m13 = band();
  const flags = { saturated: band(), cloud: band(), water: band() };
  const angles = { view: band(), azimuth: band() };
  const burning = new Map<number, { areaM2: number; kelvin: number }>();
  for (const { x, y, areaM2, kelvin } of flames) burning.set(y * width + x, { areaM2, kelvin });
  // Every third scene looks towards the sun's mirror image.
  const towardsSun = seed % 3 === 1;

  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const material = MATERIALS[landscape.material[i] ?? 0] ?? "forest";
      const cloud = cloudAt(x, y);
      const view = 15 + (45 * x) / width;
      const azimuth = towardsSun ? 178 : 60;
      angles.view[i] = view;
      angles.azimuth[i] = azimuth;
      const mirror = Math.max(0, glintCosine(SUN_ZENITH, view, azimuth));
      const glint = night || material !== "water" ? 0 : 0.5 * mirror ** 120;
      const soil = material === "field" ? HOT_SOIL * Math.max(0, dryness(x, y)) : 0;
      const ground =
        KELVIN[material][night ? 1 : 0] +
        1.6 * texture(x, y) +
        (night ? 0 : soil) +
        0.25 * noise.normal();
      const fire = burning.get(i);
      const share = fire === undefined ? 0 : fire.areaM2 / pixelMetres ** 2;
      const radiance = (um: number, rho: number, irradiance = SHORT_SUN) => {
        const sun = night || um > 5 ? 0 : ((rho + glint) * irradiance * cosSun) / Math.PI;
        const land = planckRadiance(um, ground) * (1 - rho) + sun;
        const light = land * (1 - share) + share * planckRadiance(um, fire?.kelvin ?? ground);
        const top =
          planckRadiance(um, CLOUD.kelvin) +
          (night || um > 5 ? 0 : (CLOUD.short * irradiance * cosSun) / Math.PI);
        return light * (1 - cloud) + top * cloud;
      };
      const hot = brightnessTemperature(short, radiance(short, SHORT_RHO[material]));
      bands.short[i] = Math.min(saturates, hot + 0.15 * noise.normal());
      m13[i] = radiance(M13.um, SHORT_RHO[material], M13.sun);
      bands.long[i] = brightnessTemperature(long, radiance(long, 0)) + 0.1 * noise.normal();
      flags.saturated[i] = (bands.short[i] ?? 0) >= saturates ? 9 : 0;
      flags.cloud[i] = cloud > 0.4 ? 1 : 0;
      flags.water[i] = material === "water" ? 1 : 0;
      const seen = (wave: number) => {
        const rho = (landscape.rho[wave]?.[i] ?? 0) + glint;
        const light = rho * (1 - cloud) + CLOUD.rho * cloud;
        return night ? Number.NaN : light * (1 + 0.01 * noise.normal());
      };
      bands.red[i] = seen(3);
      bands.nir[i] = seen(2);
      bands.swir[i] = seen(1);
    }
  }
  const shown = flames.filter(({ x, y }) => cloudAt(x, y) < OPAQUE);
  const sza = constantBand(night ? 130 : SUN_ZENITH);
  const measured =
    kind === "viirs"
      ? {
          i1: bands.red,
          i2: bands.nir,
          i3: bands.swir,
          i4: bands.short,
          i5: bands.long,
          qf4: flags.saturated,
          vza: angles.view,
          raa: angles.azimuth,
          m13: blockMeans(m13, width, height),
        }
      : {
          t4: bands.short,
          t11: bands.long,
          r86: bands.nir,
          cloud: flags.cloud,
          water: flags.water,
        };
  const named = Object.entries(measured).map(([name, dn]) => [name, physicalBand(dn)] as const);
  return {
    ...withDerivedBands({
      name: `Synthetic scene, seed ${seed}`,
      kind,
      width,
      height,
      bands: {
        ...Object.fromEntries(named),
        ...(kind === "viirs" ? { qf5: constantBand(0), sza } : { sza }),
      },
      ...SYNTHETIC_TIME,
      georeference: inTheGulf(width, height, pixelMetres),
      warnings: [],
    }),
    truth: uniquePixels(shown),
    flames: shown,
    decoys: [],
    landscape,
    cloudAt,
  };
}

/** The mean of each 2 × 2 pixels in all four: what a band of twice the pixel size sees. */
function blockMeans(values: Float32Array, width: number, height: number): Float32Array {
  return values.map((_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    let [sum, count] = [0, 0];
    for (let j = y - (y % 2); j < Math.min(height, y - (y % 2) + 2); j++) {
      for (let k = x - (x % 2); k < Math.min(width, x - (x % 2) + 2); k++) {
        sum += values[j * width + k] ?? 0;
        count++;
      }
    }
    return sum / count;
  });
}
