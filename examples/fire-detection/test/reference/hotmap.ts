import type { Band, Scene } from "../../src/scene/scene.ts";
import { type Reference, scan } from "./reference.ts";

const NAMES = ["12", "11", "nir"] as const;

/**
 * HOTMAP on a whole scene: what the WebAssembly program is compared with.
 *
 * Murphy et al. 2016 say nothing about reflectances of 0 or below, which an offset can give. A dark pixel's ratio
 * ρ12/ρ11 grows without bound as ρ11 falls to 0, so such a denominator satisfies every ratio. The scale cancels out of ratios.
 */
export const hotmapReference: Reference = (scene) => {
  const read = reader(scene);
  const least = (a: number, b: number, ratio: number) => b <= 0 || a / b >= ratio;
  const isA = (x: number, y: number) => {
    const p = read(x, y);
    if (p === undefined) return false;
    return p.d12 * p.scale >= 0.15 && least(p.d12, p.d11, 1.4) && least(p.d12, p.dNir, 1.4);
  };
  return scan(scene, (x, y) => {
    const p = read(x, y);
    if (p === undefined) return undefined;
    const near = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => ({ dx, dy })));
    const touchesA = near.some(({ dx, dy }) => (dx !== 0 || dy !== 0) && isA(x + dx, y + dy));
    const hot = p.d11 * p.scale >= 0.5 && least(p.d11, p.dNir, 2);
    const rule = isA(x, y) ? "a" : touchesA && (hot || p.saturated) ? "b" : undefined;
    return { rule, values: p.values };
  });
};

/** The plain rule. */
export const plainReference: Reference = (scene) => {
  const read = reader(scene);
  return scan(scene, (x, y) => {
    const p = read(x, y);
    if (p === undefined) return undefined;
    const burns = p.d12 > p.d11 && p.d12 > p.dNir;
    return { rule: burns ? "brighter" : undefined, values: p.values };
  });
};

/** DN + offset of the three bands, all in units of band 12. */
function reader(scene: Scene) {
  const bands = NAMES.map((name) => scene.bands[name]).filter((band) => band !== undefined);
  const [b12, b11, nir] = bands as [Band, Band, Band];
  return (x: number, y: number) => {
    if (x < 0 || y < 0 || x >= scene.width || y >= scene.height) return undefined;
    const at = (band: Band) => band.dn[y * scene.width + x] ?? Number.NaN;
    const isGap = (band: Band) =>
      !Number.isFinite(at(band)) || at(band) === Math.fround(band.nodata);
    if (bands.some(isGap)) return undefined;
    const relative = (band: Band) => (at(band) + band.offset) * (band.scale / b12.scale);
    const rho = (band: Band) => (at(band) + band.offset) * band.scale;
    return {
      scale: b12.scale,
      saturated: at(b12) >= b12.saturation || at(b11) >= b11.saturation,
      d12: at(b12) + b12.offset,
      d11: relative(b11),
      dNir: relative(nir),
      values: { reflectance_b12: rho(b12), reflectance_b11: rho(b11), reflectance_nir: rho(nir) },
    };
  };
}
