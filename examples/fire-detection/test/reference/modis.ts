import {
  absoluteDeviationOf,
  around,
  meanOf,
  neighbours,
  type Reference,
  remember,
  sampler,
  scan,
} from "./reference.ts";

/** MODIS on a whole scene, as Giglio et al. 2003, with the power and confidence of Collection 5. */
export const modisReference: Reference = (scene) => {
  const always = sampler(scene, ["t4", "t11", "sza", "cloud", "water", "area"]);
  const near = sampler(scene, ["r86"]);
  const own = remember((x, y) => {
    const p = always(x, y);
    if (p === undefined) return undefined;
    const { t4 = 0, t11 = 0, sza = 0, area = 0 } = p;
    const isDay = sza < 90;
    const r86 = near(x, y)?.r86;
    if (isDay && r86 === undefined) return undefined;
    const land = p.cloud === 0 && p.water === 0;
    const d = t4 - t11;
    return {
      t4,
      t11,
      d,
      area,
      isDay,
      r86: r86 ?? 0,
      cloud: p.cloud !== 0,
      water: p.cloud === 0 && p.water !== 0,
      fiery: land && (isDay ? t4 > 325 && d > 20 : t4 > 310 && d > 10),
      potential: land && (isDay ? t4 > 310 && d > 10 && (r86 ?? 0) < 0.3 : t4 > 305 && d > 10),
      absolute: land && t4 > (isDay ? 360 : 320),
    };
  });
  return scan(scene, (x, y) => {
    const p = own(x, y);
    if (p === undefined) return undefined;
    if (!p.potential && !p.absolute) return {};
    const basics = {
      brightness_t4_k: p.t4,
      brightness_t11_k: p.t11,
      is_day: p.isDay ? 1 : 0,
    };
    for (let side = 3; side <= 21; side += 2) {
      const places = [...around(x, y, (side - 1) / 2)]
        .filter(([i, j]) => j !== y || Math.abs(i - x) > 1)
        .map(([i, j]) => own(i, j))
        .filter((q) => q !== undefined && !q.cloud && !q.water);
      const background = places.filter((q) => !q?.fiery);
      if (background.length < 8 || background.length < 0.25 * side * side) continue;
      const pick = (name: "t4" | "t11" | "d") => background.map((q) => q?.[name] ?? 0);
      const [mean4, dev4] = [meanOf(pick("t4")), absoluteDeviationOf(pick("t4"))];
      const [meanD, devD] = [meanOf(pick("d")), absoluteDeviationOf(pick("d"))];
      const fires = places.filter((q) => q?.fiery).map((q) => q?.t4 ?? 0);
      const fireDeviation = fires.length > 0 ? absoluteDeviationOf(fires) : 0;
      const fireMean = fires.length > 0 ? meanOf(fires) : 0;
      const warm = p.t11 > meanOf(pick("t11")) + absoluteDeviationOf(pick("t11")) - 4;
      const stands = p.d > meanD + 3.5 * devD && p.d > meanD + 6 && p.t4 > mean4 + 3 * dev4;
      const desert =
        fires.length >= 4 &&
        fires.length * 10 > background.length &&
        p.r86 > 0.15 &&
        fireMean < 345 &&
        fireDeviation < 3 &&
        p.t4 < fireMean + 6 * fireDeviation;
      const contextual = p.isDay ? stands && (warm || fireDeviation > 5) && !desert : stands;
      if (!p.absolute && !contextual) return {};
      const beside = neighbours(x, y).map(([i, j]) => own(i, j));
      const factors = [
        p.isDay ? ramp(p.t4, 310, 360) : ramp(p.t4, 305, 320),
        ramp((p.t4 - mean4) / dev4, 3, 6),
        ramp((p.d - meanD) / devD, 3.5, 6),
      ];
      if (p.isDay) {
        factors.push(
          Math.max(0, 1 - beside.filter((q) => q?.cloud).length / 4),
          Math.max(0, 1 - beside.filter((q) => q?.water).length / 4),
        );
      }
      const confidence = percentOf(factors);
      return {
        rule: confidence >= 80 ? "high" : confidence < 30 ? "low" : "nominal",
        values: {
          ...basics,
          background_t4_k: mean4,
          frp_mw: 4.34e-19 * (eighth(p.t4) - eighth(mean4)) * p.area,
          confidence_percent: confidence,
        },
      };
    }
    return p.absolute ? { rule: "nominal", values: basics } : { unknown: true };
  });
};

function eighth(kelvin: number): number {
  return [1, 2, 3].reduce((power) => power * power, kelvin);
}

function ramp(value: number, low: number, high: number): number {
  return value > low ? Math.min(1, (value - low) / (high - low)) : 0;
}

/** The largest whole percentage of which as many as there are factors multiply to no more than they do. */
function percentOf(factors: readonly number[]): number {
  const product = factors.reduce((all, factor) => all * factor, 1);
  let percent = 100;
  while (factors.reduce((all) => all * (percent / 100), 1) > product) percent--;
  return percent;
}
