import type { Scene } from "../src/scene/scene.ts";
import { createRandom } from "../src/scene/synthetic/random.ts";

/**
 * A small scene made to hit every branch of HOTMAP: values close to its thresholds and exactly on them, saturated pixels,
 * zeros, NaN, infinities and negative numbers.
 */
export function randomScene(seed: number): Scene {
  const random = createRandom(seed);
  const width = 1 + Math.floor(random.between(0, 30));
  const height = 1 + Math.floor(random.between(0, 30));
  const saturation = random.next() < 0.5 ? 65_535 : 9_000;
  const odd = [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    0,
    -0,
    -300,
    saturation,
  ];
  const exact = [1_000, 1_400, 1_500, 2_000, 2_500, 2_800, 3_500, 5_000, 7_000, 10_000];
  const pick = (from: readonly number[]) => from[Math.floor(random.next() * from.length)] ?? 0;
  const band = (low: number, high: number) =>
    Float32Array.from({ length: width * height }, () => {
      const kind = random.next();
      if (kind < 0.06) return pick(odd);
      if (kind < 0.4) return pick(exact);
      const dn = random.between(low, high);
      return kind < 0.7 ? Math.round(dn) : dn;
    });
  return {
    name: `Random scene ${seed}`,
    width,
    height,
    bands: { "12": band(500, 12_000), "11": band(200, 9_000), nir: band(0, 4_000) },
    scale: pick([1e-4, 2e-4, 1 / 10_000]),
    offset: pick([0, -1_000, 100.5]),
    nodata: pick([0, Number.NaN, -9_999, 2_000]),
    saturation,
    warnings: [],
  };
}
