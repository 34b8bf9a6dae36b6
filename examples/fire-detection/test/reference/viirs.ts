import {
  absoluteDeviationOf,
  around,
  meanOf,
  neighbours,
  type Reference,
  remember,
  type Sample,
  sampler,
  scan,
} from "./reference.ts";

const DEGREE = Math.PI / 180;
const COS_15 = Math.cos(15 * DEGREE);
const COS_25 = Math.cos(25 * DEGREE);

/** VIIRS 375 m on a whole scene, as Schroeder et al. 2014. */
export const viirsReference: Reference = (scene) => {
  const always = sampler(scene, ["i4", "i5", "qf4", "qf5", "sza", "glint", "threshold"]);
  const radiance = sampler(scene, ["m13"]);
  const pixelArea = sampler(scene, ["area"]);
  const visible = sampler(scene, ["i1", "i2", "i3"]);
  const own = remember((x, y) => {
    const p = always(x, y);
    if (p === undefined) return undefined;
    const isDay = (p.sza ?? 0) < 90;
    const seen = isDay ? visible(x, y) : {};
    return seen === undefined ? undefined : describe({ ...p, ...seen }, isDay);
  });
  const isBackground = (x: number, y: number) => {
    const p = own(x, y);
    return p !== undefined && !p.cloud && !p.water && !p.hot && !p.fixed;
  };

  /** The smallest window with enough background, without the pixel itself. */
  const surroundings = remember((x, y) => {
    for (let side = 11; side <= 31; side += 2) {
      const places = [...around(x, y, (side - 1) / 2)].filter(([i, j]) => i !== x || j !== y);
      const background = places.filter(([i, j]) => isBackground(i, j)).map(([i, j]) => own(i, j));
      if (background.length < 10 && background.length < 0.25 * side * side) continue;
      const isHot = (p: ReturnType<typeof own>) => p?.hot && !p.cloud && !p.water;
      const hot = places.map(([i, j]) => own(i, j)).filter(isHot);
      const pick = (from: typeof hot, name: "bt4" | "bt5" | "d") => from.map((p) => p?.[name] ?? 0);
      return {
        count: background.length,
        bt4: pick(background, "bt4"),
        bt5: pick(background, "bt5"),
        d: pick(background, "d"),
        hot: pick(hot, "bt4"),
        radiance: places
          .filter(([i, j]) => isBackground(i, j))
          .map(([i, j]) => radiance(i, j)?.m13)
          .filter((value) => value !== undefined),
      };
    }
    return undefined;
  });

  const verdict = remember((x, y): "fire" | "unknown" | "none" => {
    const p = own(x, y);
    if (p === undefined || p.cloud) return "none";
    if (p.fixed) return "fire";
    if (!p.candidate) return "none";
    const s = surroundings(x, y);
    if (s === undefined) return "unknown";
    const [mean4, dev4] = [meanOf(s.bt4), absoluteDeviationOf(s.bt4)];
    const [meanD, devD] = [meanOf(s.d), absoluteDeviationOf(s.d)];
    if (!p.isDay) {
      const stands = p.d > meanD + 3 * devD && p.d > meanD + 9 && p.bt4 > mean4 + 3 * dev4;
      return stands ? "fire" : "none";
    }
    const hotMean = s.hot.length > 0 ? meanOf(s.hot) : 0;
    const hotDeviation = s.hot.length > 0 ? absoluteDeviationOf(s.hot) : 0;
    const warm = p.bt5 > meanOf(s.bt5) + absoluteDeviationOf(s.bt5) - 4;
    const stands =
      p.d > meanD + 2 * devD &&
      p.d > meanD + 10 &&
      p.bt4 > mean4 + 3.5 * dev4 &&
      (warm || hotDeviation > 5);
    const desert =
      s.hot.length > 4 &&
      s.hot.length * 10 > s.count &&
      p.r2 > 0.15 &&
      hotMean < 345 &&
      hotDeviation < 3 &&
      p.bt4 < hotMean + 6 * hotDeviation;
    const glint =
      (p.glint > COS_15 && p.r1 + p.r2 > 0.35) || (p.glint > COS_25 && p.r1 + p.r2 > 0.4);
    return stands && !desert && !glint ? "fire" : "none";
  });

  /** Wooster's power of the pixel of 750 m, shared out among its burning pixels of 375 m. */
  const power = (x: number, y: number) => {
    const [own, area] = [radiance(x, y)?.m13, pixelArea(x, y)?.area];
    const background = surroundings(x, y)?.radiance ?? [];
    if (own === undefined || area === undefined || background.length === 0) return undefined;
    const [left, top] = [x - (x % 2), y - (y % 2)];
    const block = [0, 1].flatMap((dy) => [0, 1].map((dx) => [left + dx, top + dy] as const));
    const burning = block.filter(([i, j]) => verdict(i, j) === "fire").length;
    const excess = own - meanOf(background);
    return excess > 0 ? (4 * area * excess * (5.670374419e-8 / 2.88e-9)) / burning : undefined;
  };

  return scan(scene, (x, y) => {
    const p = own(x, y);
    if (p === undefined) return undefined;
    const says = verdict(x, y);
    if (says !== "fire") return { unknown: says === "unknown" };
    const s = surroundings(x, y);
    const near = neighbours(x, y);
    const frp_mw = power(x, y);
    const beside = near.filter(([i, j]) => isBackground(i, j)).map(([i, j]) => own(i, j)?.bt4 ?? 0);
    const low =
      p.isDay &&
      (p.d < 30 || p.glint > COS_15) &&
      !near.some(([i, j]) => verdict(i, j) === "fire") &&
      (beside.length === 0 || beside.some((bt4) => p.bt4 - bt4 < 15));
    return {
      rule: p.saturated ? "high" : low ? "low" : "nominal",
      values: {
        bright_ti4_k: p.bt4,
        bright_ti5_k: p.bt5,
        background_ti4_k: s === undefined ? 0 : meanOf(s.bt4),
        background_difference_k: s === undefined ? 0 : meanOf(s.d),
        is_day: p.isDay ? 1 : 0,
        ...(frp_mw === undefined ? {} : { frp_mw }),
      },
    };
  });
};

function describe(p: Sample, isDay: boolean) {
  const { i1: r1 = 0, i2: r2 = 0, i3: r3 = 0, i4: bt4 = 0, i5: bt5 = 0, glint = -1 } = p;
  const d = bt4 - bt5;
  const isFull = bt4 >= 367 && p.qf4 === 9;
  const folded = d < 0 && p.qf5 === 0 && bt5 > (isDay ? 325 : 310);
  const pixel = { r1, r2, r3, bt4, bt5, d, glint, isDay };
  if (isDay) {
    const v = r1 + r2;
    const full = isFull && bt5 > 290 && p.qf5 === 0 && v < 0.7;
    const bright = v > 0.6 && bt5 < 285 && r3 > 0.3 && r3 > r2 && r2 > 0.25 && bt4 <= 335;
    return {
      ...pixel,
      cloud: bt5 < 265 || (v > 0.9 && bt5 < 295) || (v > 0.7 && bt5 < 285),
      water: r1 > r2 && r2 > r3,
      fixed: full || folded,
      saturated: full || folded,
      hot: bt4 > 335 && d > 30,
      candidate: !bright && (bt4 > (p.threshold ?? 0) || d > 25),
    };
  }
  const saturated = isFull || folded || (bt4 <= 208 && bt5 > 335);
  return {
    ...pixel,
    cloud: bt5 < 265 && bt4 < 295,
    water: false,
    fixed: saturated || (bt4 > 320 && p.qf4 === 0),
    saturated,
    hot: bt4 > 300 && d > 10,
    candidate: bt4 > 295 || d > 10,
  };
}
