import type { Algorithm } from "./algorithm.ts";

/** The codes of the fire masks of VIIRS and MODIS. */
const CONFIDENCES: ReadonlyMap<number, string> = new Map([
  [7, "low"],
  [8, "nominal"],
  [9, "high"],
]);

export const VIIRS: Algorithm = {
  name: "viirs",
  program: "viirs",
  citation: "VIIRS 375 m, Schroeder et al. 2014",
  sensor: "viirs",
  bands: ["i1", "i2", "i3", "i4", "i5", "qf4", "qf5", "sza", "glint", "threshold", "m13", "area"],
  /** A window of 31 × 31, and a fire's confidence depends on whether its neighbours burn. */
  halo: 16,
  steps: { pixel: 2_000, fire: 12 * 31 ** 2 * 80 },
  parameters: () => [],
  rules: CONFIDENCES,
  values: [
    { name: "bright_ti4_k", decimals: 2 },
    { name: "bright_ti5_k", decimals: 2 },
    { name: "background_ti4_k", decimals: 2 },
    { name: "background_difference_k", decimals: 2 },
    { name: "is_day", decimals: 0 },
    { name: "frp_mw", decimals: 2, optional: true },
  ],
};

export const MODIS: Algorithm = {
  name: "modis",
  program: "modis",
  citation: "MODIS, Giglio et al. 2003",
  sensor: "modis",
  bands: ["t4", "t11", "r86", "sza", "cloud", "water", "area"],
  halo: 10,
  steps: { pixel: 2_000, fire: 12 * 21 ** 2 * 80 },
  parameters: () => [],
  rules: CONFIDENCES,
  values: [
    { name: "brightness_t4_k", decimals: 2 },
    { name: "brightness_t11_k", decimals: 2 },
    { name: "background_t4_k", decimals: 2, optional: true },
    { name: "frp_mw", decimals: 2, optional: true },
    { name: "confidence_percent", decimals: 0, optional: true },
    { name: "is_day", decimals: 0 },
  ],
};
