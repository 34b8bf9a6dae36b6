import type { Algorithm } from "./algorithm.ts";

const SENTINEL_2 = {
  sensor: "sentinel-2",
  bands: ["12", "11", "nir"],
  parameters: () => [],
  values: [
    { name: "reflectance_b12", decimals: 5 },
    { name: "reflectance_b11", decimals: 5 },
    { name: "reflectance_nir", decimals: 5 },
  ],
} as const satisfies Partial<Algorithm>;

/** Rule b asks for neighbours that satisfy rule a: 1 pixel. */
export const HOTMAP: Algorithm = {
  ...SENTINEL_2,
  name: "hotmap",
  program: "hotmap",
  citation: "HOTMAP, Murphy et al. 2016",
  halo: 1,
  // A bright pixel asks each of its neighbours whether it is an `a`.
  steps: { pixel: 400, fire: 1_000 },
  rules: new Map([
    [1, "a"],
    [2, "b"],
  ]),
};

/** A saturated neighbour (1) of an anomaly within 7 pixels of a seed whose window reaches 7 pixels: 15. */
export const TAI: Algorithm = {
  ...SENTINEL_2,
  name: "tai",
  program: "tai",
  citation: "TAI, Liu et al. 2021",
  halo: 15,
  // A seed's window of 15 × 15.
  steps: { pixel: 20_000, fire: 400 },
  rules: new Map([
    [1, "anomaly"],
    [2, "saturated"],
  ]),
};

export const PLAIN: Algorithm = {
  ...SENTINEL_2,
  name: "plain",
  program: "plain",
  citation: "B12 > B11 and B12 > NIR",
  halo: 0,
  steps: { pixel: 400, fire: 200 },
  rules: new Map([[1, "brighter"]]),
};

/** A window of 5 × 5. */
export const LEARNED: Algorithm = {
  ...SENTINEL_2,
  name: "learned",
  program: "learned",
  citation: "a network trained on synthetic scenes",
  halo: 2,
  // A candidate's 2,100 products, 26 steps each.
  steps: { pixel: 1_000, fire: 70_000 },
  rules: new Map([[1, "network"]]),
  values: [...SENTINEL_2.values, { name: "confidence_percent", decimals: 0 }],
};
