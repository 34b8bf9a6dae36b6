import { fractalNoise, type Noise } from "./noise.ts";
import { createRandom, hash } from "./random.ts";

/** Wavelengths of a {@link Spectrum}, µm: Sentinel-2's bands 12, 11 and 8A, and Landsat's other bands. */
export const WAVELENGTHS_UM = [2.19, 1.61, 0.865, 0.655, 0.561, 0.482, 0.443] as const;

/** Reflectances at {@link WAVELENGTHS_UM}. */
export type Spectrum = readonly number[];

/** Main materials of a pixel. The material sets the temperature of the pixel, and the class of a false alarm there. */
export const MATERIALS = ["forest", "field", "town", "rock", "scar", "water"] as const;
export type Material = (typeof MATERIALS)[number];

/** Mean spectra of ground. */
const SPECTRA = {
  conifers: [0.055, 0.12, 0.25, 0.025, 0.035, 0.02, 0.018],
  broadleaf: [0.085, 0.18, 0.37, 0.03, 0.055, 0.025, 0.022],
  grass: [0.16, 0.27, 0.33, 0.08, 0.09, 0.05, 0.042],
  greenCrop: [0.1, 0.2, 0.46, 0.035, 0.07, 0.03, 0.026],
  ripeCrop: [0.26, 0.35, 0.33, 0.17, 0.13, 0.08, 0.065],
  stubble: [0.31, 0.37, 0.29, 0.19, 0.15, 0.1, 0.08],
  bareSoil: [0.28, 0.31, 0.23, 0.17, 0.13, 0.09, 0.075],
  rock: [0.27, 0.29, 0.25, 0.2, 0.17, 0.13, 0.115],
  asphalt: [0.14, 0.14, 0.12, 0.115, 0.11, 0.105, 0.1],
  water: [0.006, 0.009, 0.02, 0.025, 0.04, 0.05, 0.055],
  /** Char: the near-infrared of plants is gone, so band 12 is far above it, as in a fire. */
  burnt: [0.2, 0.185, 0.09, 0.06, 0.05, 0.045, 0.042],
} as const satisfies Record<string, Spectrum>;

const CROPS: readonly Spectrum[] = [
  SPECTRA.greenCrop,
  SPECTRA.greenCrop,
  SPECTRA.ripeCrop,
  SPECTRA.stubble,
  SPECTRA.bareSoil,
  SPECTRA.grass,
];

/** Pixels. */
const RELIEF_WAVELENGTH = 230;
const VALLEY_WIDTH = 130;
const ESTATE = 110;
const FIELD_LENGTH = 26;
const FIELD_WIDTH = 18;
const LOT = 4;

interface Disc {
  x: number;
  y: number;
  r: number;
}

export interface Landscape {
  width: number;
  height: number;
  /** Reflectances at each of {@link WAVELENGTHS_UM} without sensor noise, row by row. */
  rho: readonly Float32Array[];
  /** Place in {@link MATERIALS}, row by row. */
  material: Uint8Array;
  /** 1 where a wildfire can be, row by row: not on water, in towns or on rock. */
  fuel: Uint8Array;
}

/**
 * Hills with forest around a river plain with fields, towns and a lake: enough structure for a detector to be wrong
 * about. Among the hard cases are bright roofs, sun glint on water, dry bare soil and an old burn scar.
 */
export function makeLandscape({
  seed,
  width,
  height,
}: {
  seed: number;
  width: number;
  height: number;
}): Landscape {
  const random = createRandom(seed).fork(1);
  const side = Math.max(width, height);
  const relief = fractalNoise(seed + 1_000, { octaves: 6, wavelength: RELIEF_WAVELENGTH });
  const bend = fractalNoise(seed + 2_000, { octaves: 3, wavelength: side * 0.45 });
  const meander = fractalNoise(seed + 2_500, { octaves: 3, wavelength: 70 });
  const mosaic = fractalNoise(seed + 3_000, { octaves: 5, wavelength: 90 });
  const grain = fractalNoise(seed + 4_000, { octaves: 2, wavelength: 5 });
  const waves = fractalNoise(seed + 5_000, { octaves: 3, wavelength: 26 });

  const slope = random.between(-0.5, 0.5);
  const riverAt = width * random.between(0.35, 0.65) - slope * height * 0.5;
  /** Pixels from the river's middle, signed. */
  const fromRiver = (x: number, y: number) =>
    (x - riverAt - slope * y - side * 0.16 * bend(x * 0.15, y) - 16 * meander(x * 0.15, y)) /
    Math.hypot(1, slope);
  const riverWidth = (x: number, y: number) => 3.2 + 2 * waves(x * 0.3, y * 0.3);

  const lake: Disc = {
    x: width * random.between(0.15, 0.85),
    y: height * random.between(0.15, 0.85),
    r: side * 0.055,
  };
  const towns: Disc[] = Array.from({ length: 2 }, () => {
    const y = height * random.between(0.12, 0.88);
    const offset = random.between(18, 45) * (random.next() < 0.5 ? -1 : 1);
    return { x: findRiver(fromRiver, width, y) + offset, y, r: side * random.between(0.03, 0.05) };
  });
  const scar: Disc = {
    x: width * random.between(0.1, 0.9),
    y: height * random.between(0.1, 0.9),
    r: side * 0.06,
  };

  const roundness = ({ x: cx, y: cy, r }: Disc, x: number, y: number) =>
    1 - Math.hypot(x - cx, y - cy) / r;
  const land: Landscape = {
    width,
    height,
    rho: WAVELENGTHS_UM.map(() => new Float32Array(width * height)),
    material: new Uint8Array(width * height),
    fuel: new Uint8Array(width * height),
  };

  // Elevation one pixel beyond the edges too, for the slopes.
  const pitch = width + 2;
  const elevation = new Float32Array(pitch * (height + 2));
  const plain = new Float32Array(pitch * (height + 2));
  for (let y = -1; y <= height; y++) {
    for (let x = -1; x <= width; x++) {
      const i = (y + 1) * pitch + x + 1;
      const p = Math.exp(-((fromRiver(x, y) / VALLEY_WIDTH) ** 2));
      plain[i] = p;
      elevation[i] = (relief(x, y) + 0.35) * (1 - 0.9 * p);
    }
  }
  const up = (i: number) => elevation[i] ?? 0;

  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = (y + 1) * pitch + x + 1;
      const patch = mosaic(x, y);
      const speckle = grain(x, y);
      // How the ground faces a sun in the north-west.
      const slopes = up(i + 1) - up(i - 1) + up(i + pitch) - up(i - pitch);
      const light = clamp(1 + 10 * slopes, 0.55, 1.35) * (1 + 0.06 * speckle);

      const offRiver = Math.abs(fromRiver(x, y));
      const river = offRiver > 12 ? 12 - offRiver : riverWidth(x, y) - offRiver;
      const depth = Math.max(river, 14 * (roundness(lake, x, y) + 0.5 * patch));
      const town = Math.max(...towns.map((t) => roundness(t, x, y))) + 0.7 * patch;
      const scarred = roundness(scar, x, y) + 0.8 * patch;
      const isRock = up(i) + 0.2 * speckle > 0.98;

      let spectrum: Spectrum;
      let material: Material = "forest";
      if (depth > 0) {
        material = "water";
        spectrum = water(x, y, waves, seed);
      } else if (town > 0.25) {
        material = "town";
        spectrum = building(x, y, seed);
      } else if (scarred > 0.1) {
        material = "scar";
        const regrowth = clamp(0.25 + mosaic(y, x), 0, 1);
        spectrum = scaled(blend(SPECTRA.burnt, SPECTRA.grass, regrowth), light);
      } else if (isRock) {
        material = "rock";
        spectrum = scaled(SPECTRA.rock, light);
      } else if ((plain[i] ?? 0) + 0.45 * patch > 0.42) {
        material = "field";
        spectrum = scaled(field(x, y, seed), light * (1 + 0.12 * patch));
      } else spectrum = scaled(wood(x, y, mosaic, speckle), light);

      const at = y * width + x;
      for (const [b, rho] of land.rho.entries()) rho[at] = spectrum[b] ?? 0;
      land.material[at] = MATERIALS.indexOf(material);
      land.fuel[at] = depth < -2 && town < 0 && scarred < 0 && !isRock ? 1 : 0;
    }
  }
  return land;
}

function findRiver(fromRiver: Noise, width: number, y: number): number {
  let best = 0;
  for (let x = 0; x < width; x++) {
    if (Math.abs(fromRiver(x, y)) < Math.abs(fromRiver(best, y))) best = x;
  }
  return best;
}

/** Water is black but for the sun's glint, which is as bright in one band as in another. */
function water(x: number, y: number, waves: Noise, seed: number): Spectrum {
  const ripple = waves(x + 9_000, y) - 0.55;
  if (ripple < 0) return SPECTRA.water;
  const glint = 1.6 * ripple * (0.4 + hash(seed + 61, x, y));
  return SPECTRA.water.map((rho, b) => rho + (GLINT[b] ?? 0) * glint);
}

/** The sun's mirror image at each of {@link WAVELENGTHS_UM}, relative to 1.61 µm. */
const GLINT = [0.93, 1, 1.04, 1.05, 1.05, 1.04, 1.03];

/** Mixed forest with clearings. */
function wood(x: number, y: number, mosaic: Noise, speckle: number): Spectrum {
  const leaves = clamp(0.5 + 1.5 * mosaic(y, x + 500) + 0.3 * speckle, 0, 1);
  const trees = blend(SPECTRA.conifers, SPECTRA.broadleaf, leaves);
  const clearing = clamp(4 * (mosaic(x + 700, y) - 0.42), 0, 1);
  return blend(trees, SPECTRA.grass, clearing);
}

/** Estates, each with strips of parcels in its own direction, hedges between them and plough lines within. */
function field(x: number, y: number, seed: number): Spectrum {
  const estate = nearestEstate(x, y, seed);
  const angle = 0.3 + 1.1 * estate;
  const along = x * Math.cos(angle) + y * Math.sin(angle) + 1_000 * estate;
  const across = y * Math.cos(angle) - x * Math.sin(angle);
  const strip = Math.floor(across / FIELD_WIDTH);
  const u = along / FIELD_LENGTH + 7 * hash(seed + 71, strip, 0);
  const plot = Math.floor(u);
  const salt = Math.floor(estate * 1_000);
  // A third of the plots are long, a third are halved lengthwise.
  const layout = hash(seed + 72 + salt, strip, plot >> 1);
  const isLong = layout < 0.33;
  const v = (across / FIELD_WIDTH - strip) * (layout > 0.67 ? 2 : 1);
  const parcel = hash(seed + 73 + salt, 2 * strip + Math.floor(v), isLong ? plot >> 1 : plot);
  const hedgeAcross = Math.min(v % 1, 1 - (v % 1)) * (FIELD_WIDTH / (layout > 0.67 ? 2 : 1));
  const start = isLong && (plot & 1) === 1 ? 1 : u - plot;
  const end = isLong && (plot & 1) === 0 ? 1 : plot + 1 - u;
  if (hedgeAcross < 0.6 || Math.min(start, end) * FIELD_LENGTH < 0.6) return SPECTRA.broadleaf;
  const crop = CROPS[Math.floor(parcel * CROPS.length)] ?? SPECTRA.grass;
  const tone = 0.85 + 0.3 * ((parcel * 97) % 1);
  return scaled(crop, tone * (1 + 0.03 * Math.sin(v * 13)));
}

/** A number in [0, 1) that is the same all over an estate: the one whose jittered middle is nearest. */
function nearestEstate(x: number, y: number, seed: number): number {
  const cx = Math.floor(x / ESTATE);
  const cy = Math.floor(y / ESTATE);
  let nearest = Number.POSITIVE_INFINITY;
  let estate = 0;
  for (let j = cy - 1; j <= cy + 1; j++) {
    for (let i = cx - 1; i <= cx + 1; i++) {
      const dx = x - (i + hash(seed + 74, i, j)) * ESTATE;
      const dy = y - (j + hash(seed + 75, i, j)) * ESTATE;
      if (dx * dx + dy * dy < nearest) {
        nearest = dx * dx + dy * dy;
        estate = hash(seed + 76, i, j);
      }
    }
  }
  return estate;
}

/** Streets and roofs. Some roofs reflect far more at 2.2 µm than at 1.6 µm: the classic false alarm. */
function building(x: number, y: number, seed: number): Spectrum {
  if (x % LOT === 0 || y % LOT === 0) return SPECTRA.asphalt;
  const lotX = Math.floor(x / LOT);
  const lotY = Math.floor(y / LOT);
  const kind = hash(seed + 81, lotX, lotY);
  if (kind < 0.3) return SPECTRA.grass;
  const bright = kind > 0.86 ? 1.9 : 1;
  const tilt = 0.92 + 0.52 * hash(seed + 82, lotX, lotY) ** 3;
  const rho11 = (0.17 + 0.12 * hash(seed + 83, lotX, lotY)) * bright;
  const nir = rho11 * (0.72 + 0.25 * hash(seed + 84, lotX, lotY));
  // Roofs are nearly grey in the visible.
  return [rho11 * tilt, rho11, nir, 0.85 * nir, 0.78 * nir, 0.7 * nir, 0.66 * nir];
}

function scaled(spectrum: Spectrum, by: number): Spectrum {
  return spectrum.map((rho) => rho * by);
}

function blend(from: Spectrum, to: Spectrum, share: number): Spectrum {
  return from.map((rho, b) => rho + ((to[b] ?? 0) - rho) * share);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
