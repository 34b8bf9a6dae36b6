import type { Scene } from "../src/scene/scene.ts";
import type { Detection } from "../src/tiles/detection.ts";

/**
 * HOTMAP on a whole scene, written straight from the paper and without regard to speed: what the WebAssembly program is
 * compared with.
 *
 * Murphy et al. 2016 say nothing about reflectances of 0 or below, which an offset can give. A dark pixel's ratio
 * ρ12/ρ11 grows without bound as ρ11 falls to 0, so such a denominator satisfies every ratio.
 */
export function hotmapReference(scene: Scene): { pixels: Detection[]; validPixels: number } {
  const at = (x: number, y: number) => {
    if (x < 0 || y < 0 || x >= scene.width || y >= scene.height) return undefined;
    const dn = (["12", "11", "nir"] as const).map(
      (b) => scene.bands[b][y * scene.width + x] ?? Number.NaN,
    );
    if (dn.some((v) => !Number.isFinite(v) || v === Math.fround(scene.nodata))) return undefined;
    const [d12 = 0, d11 = 0, dNir = 0] = dn;
    return {
      saturated: d12 >= scene.saturation || d11 >= scene.saturation,
      d12: d12 + scene.offset,
      d11: d11 + scene.offset,
      dNir: dNir + scene.offset,
    };
  };
  const ratioAtLeast = (a: number, b: number, least: number) => b <= 0 || a / b >= least;
  const isA = (x: number, y: number) => {
    const p = at(x, y);
    if (p === undefined) return false;
    return (
      p.d12 * scene.scale >= 0.15 &&
      ratioAtLeast(p.d12, p.d11, 1.4) &&
      ratioAtLeast(p.d12, p.dNir, 1.4)
    );
  };

  const pixels: Detection[] = [];
  let validPixels = 0;
  for (let y = 0; y < scene.height; y++) {
    for (let x = 0; x < scene.width; x++) {
      const p = at(x, y);
      if (p === undefined) continue;
      validPixels++;
      const a = isA(x, y);
      const neighbours = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => ({ dx, dy })));
      const touchesA = neighbours.some(
        ({ dx, dy }) => (dx !== 0 || dy !== 0) && isA(x + dx, y + dy),
      );
      const hot = p.d11 * scene.scale >= 0.5 && ratioAtLeast(p.d11, p.dNir, 2);
      if (!a && !(touchesA && (hot || p.saturated))) continue;
      pixels.push({
        x,
        y,
        rule: a ? "a" : "b",
        rho12: Math.fround(p.d12 * scene.scale),
        rho11: Math.fround(p.d11 * scene.scale),
        rhoNir: Math.fround(p.dNir * scene.scale),
      });
    }
  }
  return { pixels, validPixels };
}
