import type { SensorKind } from "../scene/scene.ts";

export interface BandSpec {
  name: string;
  /** The quantity of the scaled numbers. */
  quantity: "reflectance" | "kelvin" | "degrees" | "radiance" | "flag";
  /** Patterns of the band's name in files, best first. */
  spellings: readonly RegExp[];
  /** Value of all pixels if a scene lacks the band. Without a fallback, such a scene is refused. */
  fallback?: number;
}

export interface SensorSpec {
  kind: SensorKind;
  /** For titles and messages. */
  title: string;
  bands: readonly BandSpec[];
  /** Shown as red, green and blue. */
  composite: readonly [red: string, green: string, blue: string];
  /** The bands of the composite in words, for a legend. */
  colours: readonly [red: string, green: string, blue: string];
  /** Default scale: quantity = (DN + offset) · scale. */
  scale: number;
}

const reflectance = (name: string, ...spellings: RegExp[]): BandSpec => ({
  name,
  spellings,
  quantity: "reflectance",
});
const kelvin = (name: string, ...spellings: RegExp[]): BandSpec => ({
  name,
  spellings,
  quantity: "kelvin",
});
const flag = (name: string, ...spellings: RegExp[]): BandSpec => ({
  name,
  spellings,
  quantity: "flag",
  fallback: 0,
});
const SUN_ZENITH: BandSpec = {
  name: "sza",
  quantity: "degrees",
  spellings: [/\bsza\b/i, /solar.?zenith/i],
};
const OLI_WAVES = ["1", "2", "3", "4", "5", "6", "7"];

export const SENSORS: Readonly<Record<SensorKind, SensorSpec>> = {
  "sentinel-2": {
    kind: "sentinel-2",
    title: "Sentinel-2",
    bands: [
      reflectance("12", /\bB12\b/i),
      reflectance("11", /\bB11\b/i),
      // B8A is the near-infrared that HOTMAP was made for, B9 a stand-in.
      reflectance("nir", /\bB8A\b/i, /\bB0?8\b/i, /\bnir\b/i, /\bB0?9\b/i),
    ],
    composite: ["12", "nir", "11"],
    colours: ["band 12, 2.19 µm", "near-infrared", "band 11, 1.61 µm"],
    scale: 1e-4,
  },
  landsat: {
    kind: "landsat",
    title: "Landsat 8/9",
    bands: [
      ...OLI_WAVES.map((name) => reflectance(name, new RegExp(`\\b(?:SR_)?B0?${name}\\b`, "i"))),
      flag("radsat", /\bQA_?RADSAT\b/i),
    ],
    composite: ["7", "5", "6"],
    colours: ["band 7, 2.20 µm", "near-infrared", "band 6, 1.61 µm"],
    scale: 2e-5,
  },
  viirs: {
    kind: "viirs",
    title: "VIIRS 375 m",
    bands: [
      ...["1", "2", "3"].map((i) => reflectance(`i${i}`, new RegExp(`\\bI0?${i}\\b`, "i"))),
      ...["4", "5"].map((i) => kelvin(`i${i}`, new RegExp(`\\bI0?${i}\\b`, "i"))),
      ...["4", "5"].map((i) => flag(`qf${i}`, new RegExp(`\\bQF0?${i}\\b`, "i"))),
      SUN_ZENITH,
      // For the glint angle, which is 180 degrees without them, and the pixel's area, which is that at nadir.
      { name: "vza", quantity: "degrees", spellings: [/\bvza\b/i], fallback: Number.NaN },
      { name: "raa", quantity: "degrees", spellings: [/\braa\b/i], fallback: Number.NaN },
      // Needed for the radiative power only, W m⁻² sr⁻¹ µm⁻¹.
      { name: "m13", quantity: "radiance", spellings: [/\bM13\b/i], fallback: Number.NaN },
    ],
    composite: ["i4", "i2", "i1"],
    colours: ["I4, 3.74 µm", "I2, 0.865 µm", "I1, 0.64 µm"],
    scale: 1,
  },
  modis: {
    kind: "modis",
    title: "MODIS",
    bands: [
      kelvin("t4", /\bT0?4\b/i, /\bT21\b/i, /\bT22\b/i),
      kelvin("t11", /\bT11\b/i, /\bT31\b/i),
      reflectance("r86", /\bR86\b/i),
      SUN_ZENITH,
      flag("cloud", /\bcloud\b/i),
      flag("water", /\bwater\b/i),
      // Column in the swath of 1,354; without it every pixel is taken for one at nadir.
      { name: "sample", quantity: "flag", spellings: [/\bsample\b/i], fallback: 676.5 },
    ],
    composite: ["t4", "r86", "t11"],
    colours: ["4 µm", "0.86 µm", "11 µm"],
    scale: 1,
  },
};

/** The bands that a file has to hold. */
export function requiredBands({ bands }: SensorSpec): string[] {
  return bands.filter(({ fallback }) => fallback === undefined).map(({ name }) => name);
}
