import {
  around,
  meanOf,
  neighbours,
  type Reference,
  remember,
  sampler,
  scan,
} from "./reference.ts";

/** TAI on a whole scene, step by step as Liu et al. 2021. */
export const taiReference: Reference = (scene) => {
  const at = sampler(scene, ["12", "11", "nir"]);
  const isFull = (name: string, x: number, y: number) => {
    const band = scene.bands[name];
    return (
      (at(x, y)?.[name] ?? 0) >= 1 ||
      (band?.dn[y * scene.width + x] ?? 0) >= (band?.saturation ?? Number.NaN)
    );
  };
  const tai = remember((x, y) => {
    const p = at(x, y);
    if (p === undefined || !((p.nir ?? 0) > 0)) return undefined;
    return ((p["12"] ?? 0) - (p["11"] ?? 0)) / (p.nir ?? 0);
  });
  const seed = remember((x, y) => {
    const value = tai(x, y);
    if (value === undefined) return false;
    const window = [...around(x, y, 7)]
      .map(([i, j]) => tai(i, j))
      .filter((v) => v !== undefined)
      .map((v) => Math.max(v, 0));
    return Math.max(value, 0) - meanOf(window) > 0.45;
  });
  const anomaly = remember((x, y) => {
    const p = at(x, y);
    const value = tai(x, y);
    if (p === undefined || value === undefined) return false;
    const { "12": b12 = 0, "11": b11 = 0, nir = 0 } = p;
    return (
      value >= 0.45 &&
      b12 - b11 > b11 - nir &&
      b12 > 0.15 &&
      [...around(x, y, 7)].some(([i, j]) => seed(i, j))
    );
  });
  return scan(scene, (x, y) => {
    const p = at(x, y);
    if (p === undefined) return undefined;
    const { "12": b12 = 0, "11": b11 = 0, nir = 0 } = p;
    const values = { reflectance_b12: b12, reflectance_b11: b11, reflectance_nir: nir };
    if (b11 <= 0.05 || nir <= 0.01) return {};
    if (anomaly(x, y)) return { rule: "anomaly", values };
    const full = isFull("12", x, y) && isFull("11", x, y);
    const near = full && neighbours(x, y).some(([i, j]) => anomaly(i, j));
    return near ? { rule: "saturated", values } : {};
  });
};
