import { type Band, physicalBand, type Scene, type SensorKind } from "../src/scene/scene.ts";
import { createRandom, type Random } from "../src/synthetic/random.ts";

/** A small scene of a sensor that is made to hit every branch of its algorithms. It follows from the seed. */
export function randomScene(
  kind: SensorKind,
  seed: number,
  maximum: { width: number; height: number } = { width: 30, height: 30 },
): Scene {
  const random = createRandom(seed);
  const width = 1 + Math.floor(random.between(0, maximum.width));
  const height = 1 + Math.floor(random.between(0, maximum.height));
  const scene = {
    name: `Random scene ${seed}`,
    kind,
    width,
    height,
    warnings: [],
    sunElevation: random.between(5, 90),
  };
  const make = { "sentinel-2": sentinel2, landsat, viirs, modis }[kind];
  return { ...scene, bands: make(random, width * height) };
}

const ODD = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0];

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random.next() * from.length)] as T;
}

/** Values close to HOTMAP's thresholds and exactly on them, saturated pixels, zeros, NaN, infinities and negative numbers. */
function sentinel2(random: Random, pixels: number): Record<string, Band> {
  const saturation = random.next() < 0.5 ? 65_535 : 9_000;
  const exact = [1_000, 1_400, 1_500, 2_000, 2_500, 2_800, 3_500, 5_000, 7_000, 10_000];
  const calibration = {
    scale: pick(random, [1e-4, 2e-4, 1 / 10_000]),
    offset: pick(random, [0, -1_000, 100.5]),
    nodata: pick(random, [0, Number.NaN, -9_999, 2_000]),
    saturation,
  };
  const band = (low: number, high: number): Band => ({
    ...calibration,
    dn: Float32Array.from({ length: pixels }, () => {
      const kind = random.next();
      if (kind < 0.06) return pick(random, [...ODD, -300, saturation]);
      if (kind < 0.4) return pick(random, exact);
      const dn = random.between(low, high);
      return kind < 0.7 ? Math.round(dn) : dn;
    }),
  });
  return { "12": band(500, 12_000), "11": band(200, 9_000), nir: band(0, 4_000) };
}

/** Bands 1 to 7: a ground of plants, and on it fires of all strengths, water, folded numbers and gaps. */
const LANDSAT_GROUNDS: readonly (readonly number[])[] = [
  [0.08, 0.07, 0.08, 0.07, 0.3, 0.18, 0.1],
  [0.1, 0.09, 0.1, 0.12, 0.22, 0.28, 0.24],
  [0.12, 0.1, 0.09, 0.08, 0.06, 0.03, 0.02],
  [0.12, 0.1, 0.11, 0.08, 0.06, 0.03, 0.02],
];

function landsat(random: Random, pixels: number): Record<string, Band> {
  const calibration = {
    scale: pick(random, [2e-5, 2e-5 / Math.sin(1)]),
    offset: -5_000,
    nodata: 0,
    saturation: 65_535,
  };
  const dn = Array.from({ length: 7 }, () => new Float32Array(pixels));
  const radsat = new Float32Array(pixels);
  const busy = random.next() * 0.4;
  for (let i = 0; i < pixels; i++) {
    const ground = pick(random, LANDSAT_GROUNDS);
    const hot = random.next() < busy ? random.next() ** 2 : 0;
    const glow = [0, 0, 0, 0.01, 0.1, 0.7, 1.6].map((g) => g * hot * random.between(0.6, 1.4));
    if (random.next() < 0.02) radsat[i] = pick(random, [1, 32, 64, 96]);
    for (const [b, band] of dn.entries()) {
      const rho = (ground[b] ?? 0) * random.between(0.7, 1.3) + (glow[b] ?? 0);
      const value = Math.round(rho / 2e-5) + 5_000;
      const kind = random.next();
      band[i] = kind < 0.01 ? pick(random, [...ODD, 65_535, 4_000, 1]) : Math.min(65_535, value);
    }
    if (random.next() < 0.02 && dn[5] !== undefined) dn[5][i] = 55_000;
  }
  const bands = dn.map((band, b) => [String(b + 1), { ...calibration, dn: band }] as const);
  return { ...Object.fromEntries(bands), radsat: physicalBand(radsat) };
}

function viirs(random: Random, pixels: number): Record<string, Band> {
  const busy = random.next() ** 3 * 0.5;
  const calm = random.between(0.5, 8);
  const isDay = random.next();
  const hottest = pick(random, [14, 25, 80]);
  const rows = Array.from({ length: pixels }, () => {
    const hot = random.next() < busy ? Math.sqrt(random.next()) * hottest : 0;
    const night = random.next() > isDay;
    const cold = random.next() < 0.1 ? random.between(10, 40) : 0;
    const i4 = pick(random, [
      ...Array(30).fill(295 + calm * random.normal() + hot),
      ...ODD,
      208,
      367,
      335,
      300,
      320,
    ]);
    const bright = random.next() < 0.2 ? 3 : 1;
    return {
      i1: random.between(0.03, 0.25) * bright,
      i2: random.between(0.05, 0.35) * bright,
      i3: random.between(0.05, 0.4),
      i4: Math.min(367, i4 + (random.next() < 0.01 ? 90 : 0)),
      i5: pick(random, [
        ...Array(30).fill(290 + calm * random.normal() - cold + 0.2 * hot),
        ...ODD,
        337,
        312,
        327,
        265,
      ]),
      qf4: random.next() < 0.9 ? 0 : 9,
      qf5: random.next() < 0.95 ? 0 : 9,
      sza: pick(random, [night ? 120 : 40, night ? 120 : 40, 90, 89.99, Number.NaN]),
      glint: random.next() < 0.2 ? random.between(0.85, 1) : random.between(-1, 0.9),
      threshold: random.between(325, 330),
      m13: random.next() < 0.9 ? random.between(0.2, 0.8) + 0.3 * hot * random.next() : Number.NaN,
      area: pick(random, [0.14, random.between(0.1, 0.7), random.between(0.1, 0.7), Number.NaN]),
    };
  });
  return columnsOf(rows);
}

function modis(random: Random, pixels: number): Record<string, Band> {
  const busy = random.next() * 0.5;
  const calm = random.between(1, 6);
  const isDay = random.next();
  const rows = Array.from({ length: pixels }, () => {
    const hot = random.next() < busy ? random.next() ** 2 * 120 : 0;
    const night = random.next() > isDay;
    return {
      t4: pick(random, [
        ...Array(30).fill(304 + calm * random.normal() + hot),
        ...ODD,
        310,
        325,
        360,
        320,
        305,
      ]),
      t11: pick(random, [...Array(40).fill(298 + calm * random.normal() + 0.1 * hot), ...ODD]),
      r86: pick(random, [...Array(20).fill(random.between(0.05, 0.35)), Number.NaN]),
      sza: pick(random, [night ? 120 : 40, night ? 120 : 40, 90, 89.99]),
      cloud: random.next() < 0.05 ? 1 : 0,
      water: random.next() < 0.05 ? 1 : 0,
      area: random.between(1, 9.7),
    };
  });
  return columnsOf(rows);
}

function columnsOf(rows: readonly Record<string, number>[]): Record<string, Band> {
  const names = Object.keys(rows[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [
      name,
      physicalBand(Float32Array.from(rows, (row) => row[name] ?? Number.NaN)),
    ]),
  );
}
