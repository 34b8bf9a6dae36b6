import type { Scene } from "../../src/scene/scene.ts";
import {
  around,
  deviationOf,
  meanOf,
  neighbours,
  type Reference,
  ratio,
  remember,
  type Sample,
  sampler,
  scan,
} from "./reference.ts";

type Verdict = "fire" | "none" | "unknown";
type Method = (scene: Scene) => (x: number, y: number) => Verdict;

const BANDS = ["1", "2", "3", "4", "5", "6", "7", "radsat"];

function rhos(sample: Sample, factor = 1): number[] {
  return [0, ...BANDS.slice(0, 7).map((name) => (sample[name] ?? Number.NaN) * factor)];
}

/** Whether rho7 / rho5 and rho7 stand out from the background of a window. */
function standsOut(
  rho: readonly number[],
  background: readonly (readonly number[])[],
  unit: number,
) {
  const [r5 = 0, r7 = 0] = [rho[5], rho[7]];
  const ratios = background.map((b) => (b[7] ?? 0) / (b[5] ?? 0));
  const sevens = background.map((b) => b[7] ?? 0);
  return (
    ratio(r7, r5) > meanOf(ratios) + Math.max(3 * deviationOf(ratios), 0.8) &&
    r7 * unit > meanOf(sevens) * unit + Math.max(3 * deviationOf(sevens) * unit, 0.08)
  );
}

const schroeder: Method = (scene) => {
  const at = sampler(scene, BANDS);
  const sine = Math.sin(((scene.sunElevation ?? 90) * Math.PI) / 180);
  const marks = remember((x, y) => {
    const sample = at(x, y);
    if (sample === undefined) return undefined;
    const [, r1 = 0, r2 = 0, r3 = 0, r4 = 0, r5 = 0, r6 = 0, r7 = 0] = rhos(sample, sine);
    const sure =
      (ratio(r7, r5) > 2.5 && r7 - r5 > 0.3 && r7 > 0.5) ||
      (r6 > 0.8 && r1 < 0.2 && (r5 > 0.4 || r7 < 0.1));
    const maybe = ratio(r7, r5) > 1.8 && r7 - r5 > 0.17 && ratio(r7, r6) > 1.6;
    const water =
      r4 > r5 &&
      r5 > r6 &&
      r6 > r7 &&
      r1 - r7 < 0.2 &&
      (r3 > r2 || (r1 > r2 && r2 > r3 && r3 > r4));
    return { rho: rhos(sample), sure, maybe, water };
  });
  return (x, y) => {
    const pixel = marks(x, y);
    if (pixel === undefined || pixel.water) return "none";
    if (pixel.sure) return "fire";
    if (!pixel.maybe) return "none";
    const background = [...around(x, y, 30)]
      .map(([i, j]) => marks(i, j))
      .filter((p) => p !== undefined && !p.sure && !p.water)
      .map((p) => p?.rho ?? [])
      .filter((rho) => (rho[7] ?? 0) > 0 && (rho[5] ?? 0) > 0);
    if (background.length === 0) return "unknown";
    return standsOut(pixel.rho, background, sine) ? "fire" : "none";
  };
};

const murphy: Method = (scene) => {
  const at = sampler(scene, BANDS);
  const isA = (x: number, y: number) => {
    const sample = at(x, y);
    if (sample === undefined) return false;
    const [, , , , , r5 = 0, r6 = 0, r7 = 0] = rhos(sample);
    return r7 >= 0.15 && (r6 <= 0 || r7 >= 1.4 * r6) && (r5 <= 0 || r7 >= 1.4 * r5);
  };
  return (x, y) => {
    const sample = at(x, y);
    if (sample === undefined) return "none";
    if (isA(x, y)) return "fire";
    const [, , , , , r5 = 0, r6 = 0] = rhos(sample);
    const isFull = (name: string) => {
      const band = scene.bands[name];
      return (band?.dn[y * scene.width + x] ?? 0) >= (band?.saturation ?? Number.NaN);
    };
    const flags = sample.radsat ?? 0;
    const saturated = isFull("6") || isFull("7") || (flags & 0b110_0000) !== 0;
    const hot = r6 >= 0.5 && (r5 <= 0 || r6 >= 2 * r5);
    return (hot || saturated) && neighbours(x, y).some(([i, j]) => isA(i, j)) ? "fire" : "none";
  };
};

const kumarRoy: Method = (scene) => {
  const at = sampler(scene, BANDS);
  const own = remember((x, y) => {
    const sample = at(x, y);
    if (sample === undefined) return undefined;
    const rho = rhos(sample);
    const [, , r2 = 0, r3 = 0, r4 = 0, r5 = 0, r6 = 0, r7 = 0] = rho;
    const valid = r7 > 0;
    return {
      rho,
      valid,
      seed: valid && r4 <= 0.53 * r7 - 0.214,
      near: valid && r4 <= 0.35 * r6 - 0.044,
      maybe: valid && (r4 <= 0.53 * r7 - 0.125 || r6 <= 1.08 * r7 - 0.048),
      water: r2 > r3 && r3 > r4 && r4 > r5,
    };
  });
  const isSure = remember((x, y) => {
    const pixel = own(x, y);
    if (pixel === undefined) return false;
    return pixel.seed || (pixel.near && neighbours(x, y).some(([i, j]) => own(i, j)?.seed));
  });
  const backgroundAt = remember((x, y) => {
    const pixel = own(x, y);
    const isBackground =
      pixel?.valid && (pixel.rho[5] ?? 0) > 0 && !isSure(x, y) && !pixel.maybe && !pixel.water;
    return isBackground ? pixel.rho : undefined;
  });
  return (x, y) => {
    const pixel = own(x, y);
    if (pixel === undefined || pixel.water) return "none";
    if (isSure(x, y)) return "fire";
    if (!pixel.maybe) return "none";
    for (let side = 5; side <= 61; side += 2) {
      const background = [...around(x, y, (side - 1) / 2)]
        .map(([i, j]) => backgroundAt(i, j))
        .filter((rho) => rho !== undefined);
      if (background.length < 0.25 * side * side) continue;
      return standsOut(pixel.rho, background, 1) ? "fire" : "none";
    }
    return "unknown";
  };
};

const METHODS = { schroeder, murphy, "kumar-roy": kumarRoy };

/** A method of Landsat on a whole scene, or the vote of several. */
export function landsatReference(
  names: readonly (keyof typeof METHODS)[],
  votes: number,
): Reference {
  return (scene) => {
    const at = sampler(scene, BANDS);
    const methods = names.map((name) => ({ name, verdict: METHODS[name](scene) }));
    return scan(scene, (x, y) => {
      const sample = at(x, y);
      if (sample === undefined) return undefined;
      const verdicts = methods.map(({ name, verdict }) => ({ name, says: verdict(x, y) }));
      const agree = verdicts.filter(({ says }) => says === "fire").map(({ name }) => name);
      return {
        unknown: verdicts.some(({ says }) => says === "unknown"),
        rule: agree.length >= votes ? agree.join("+") : undefined,
        values: {
          reflectance_b7: sample["7"] ?? 0,
          reflectance_b6: sample["6"] ?? 0,
          reflectance_b5: sample["5"] ?? 0,
          reflectance_b4: sample["4"] ?? 0,
        },
      };
    });
  };
}
