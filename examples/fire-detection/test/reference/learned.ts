import { readFileSync } from "node:fs";
import type { Scene } from "../../src/scene/scene.ts";
import { around, neighbours, type Reference, remember, sampler, scan } from "./reference.ts";

interface Layer {
  inputs: number;
  weights: number[];
  biases: number[];
  shifts: number[];
}
const { layers, threshold, percents } = JSON.parse(
  readFileSync(new URL("../../assembly/learned.json", import.meta.url), "utf8"),
) as { layers: Layer[]; threshold: number; percents: number[] };

const BANDS = ["12", "11", "nir"] as const;

/** The learned detector on a whole scene, its sums in unbounded integers: what would overflow 32 bits would differ. */
export const learnedReference: Reference = (scene) => {
  const reflectances = sampler(scene, BANDS);
  const isSaturated = (name: string, x: number, y: number) => {
    const band = scene.bands[name] as Scene["bands"][string];
    return (band.dn[y * scene.width + x] ?? 0) >= band.saturation;
  };
  const planes = remember((x, y) => {
    const rho = reflectances(x, y);
    if (rho === undefined) return undefined;
    const [b12 = 0, b11 = 0, nir = 0] = BANDS.map((name) =>
      isSaturated(name, x, y) ? 1_536 : level(rho[name] ?? 0),
    );
    return [b12, b12 - b11, b11 - nir] as const;
  });
  return scan(scene, (x, y) => {
    const own = planes(x, y);
    const rho = reflectances(x, y);
    if (own === undefined || rho === undefined) return undefined;
    const values = {
      reflectance_b12: rho["12"] ?? 0,
      reflectance_b11: rho["11"] ?? 0,
      reflectance_nir: rho.nir ?? 0,
    };
    const near = neighbours(x, y).map(([nx, ny]) => planes(nx, ny) ?? own);
    const above = near.reduce((sum, [, colour]) => sum + own[1] - colour, 0);
    if (own[1] < 0 && above <= 96) return { values };
    const inputs = [0, 1, 2].flatMap((p) =>
      [...around(x, y, 2)].map(([wx, wy]) => {
        if (wx === x && wy === y) return (own[p] ?? 0) - (p === 0 ? 768 : 0);
        return ((planes(wx, wy) ?? own)[p] ?? 0) - (own[p] ?? 0);
      }),
    );
    const odds = Number(outputOf(inputs.map(BigInt)));
    if (odds < threshold) return { values };
    const confidence_percent = percents.filter((least) => odds >= least).length;
    return { rule: "network", values: { ...values, confidence_percent } };
  });
};

/** 128 steps an octave from 2⁻⁹ on, found by doubling. */
function level(rho: number): number {
  const fixed = Math.min(0x7ffff, Math.max(128, Math.floor(rho * 65_536)));
  let octave = 0;
  while (128 * 2 ** (octave + 1) <= fixed) octave++;
  return 128 * octave + Math.floor(fixed / 2 ** octave) - 128;
}

function outputOf(inputs: bigint[]): bigint {
  let values = inputs;
  for (const [l, { weights, biases, shifts }] of layers.entries()) {
    const count = values.length;
    values = biases.map((bias, unit) => {
      const row = weights.slice(unit * count, (unit + 1) * count);
      const sum = row.reduce((sum, w, i) => sum + BigInt(w) * (values[i] ?? 0n), BigInt(bias));
      const shifted = sum >> BigInt(shifts[unit] ?? 0);
      if (l === layers.length - 1 || (shifted > 0n && shifted < 32_767n)) return shifted;
      return shifted > 0n ? 32_767n : 0n;
    });
  }
  return values[0] ?? 0n;
}
