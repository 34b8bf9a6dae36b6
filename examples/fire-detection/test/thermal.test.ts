import { describe, expect, test } from "vitest";
import { MODIS, VIIRS } from "../src/algorithms/thermal.ts";
import { modisPixelArea } from "../src/sensors/modisPixel.ts";
import { viirsPixelArea } from "../src/sensors/viirsPixel.ts";
import { makeThermalScene } from "../src/synthetic/thermalScene.ts";
import { detect } from "./detect.ts";
import { patch, type Values } from "./patch.ts";

const DAY: Values = {
  i1: 0.05,
  i2: 0.25,
  i3: 0.2,
  i4: 300,
  i5: 295,
  qf4: 0,
  qf5: 0,
  sza: 40,
  glint: -1,
  threshold: 325,
  m13: Number.NaN,
  area: 0.14,
};
const NIGHT: Values = { ...DAY, i4: 285, i5: 284, sza: 120 };

/** What VIIRS says of the middle of 41 × 41 pixels of `ground`. */
async function viirs(
  middle: Partial<Values>,
  ground: Values = DAY,
  more: Record<string, Partial<Values>> = {},
) {
  const scene = patch("viirs", 41, ground, { ...more, "20,20": middle });
  const { pixels, unknownPixels } = await detect(scene, VIIRS, 64);
  const pixel = pixels.find(({ x, y }) => x === 20 && y === 20);
  return pixel?.rule ?? (unknownPixels > 0 ? "unknown" : "none");
}

describe("VIIRS by day", () => {
  test("finds what stands out from its surroundings", async () => {
    expect(await viirs({ i4: 345, i5: 300 })).toBe("nominal");
    expect(await viirs({ i4: 324, i5: 300 })).toBe("none"); // no candidate: not above T*, D below 25
    expect(await viirs({ i4: 324, i5: 298 })).toBe("nominal"); // D above 25
    expect(await viirs({ i4: 345, i5: 290 })).toBe("none"); // too cold at 11 µm for something that burns
  });

  test("has a higher threshold where all around is hot", async () => {
    const hot = { ...DAY, i4: 315, i5: 310, threshold: 330 };
    expect(await viirs({ i4: 329, i5: 313 }, hot)).toBe("none");
    expect(await viirs({ i4: 329, i5: 313 }, { ...hot, threshold: 328 })).toBe("low");
  });

  test("calls a lone, weak one low, unless another burns beside it", async () => {
    const warm = { ...DAY, i4: 313, i5: 308 };
    const weak = { i4: 327, i5: 311 };
    expect(await viirs(weak, warm)).toBe("low");
    expect(await viirs(weak, warm, { "21,21": { i4: 350, i5: 315 } })).toBe("nominal");
    expect(await viirs({ i4: 329, i5: 311 }, warm)).toBe("nominal"); // 16 K above its neighbours
  });

  test("knows saturated pixels and folded numbers", async () => {
    expect(await viirs({ i4: 367, i5: 320, qf4: 9 })).toBe("high");
    expect(await viirs({ i4: 320, i5: 330 })).toBe("high"); // colder at 4 than at 11 µm: folded over
    expect(await viirs({ i4: 320, i5: 330, qf5: 1 })).toBe("none");
  });

  test("rejects glint, bright clouds and what the sun has heated", async () => {
    const bright = { i1: 0.2, i2: 0.22, i4: 345, i5: 300 };
    const at = (degrees: number) => Math.cos((degrees * Math.PI) / 180);
    expect(await viirs({ ...bright, glint: at(20) })).toBe("none");
    expect(await viirs({ ...bright, glint: at(30) })).toBe("nominal");
    expect(await viirs({ i1: 0.35, i2: 0.28, i3: 0.32, i4: 330, i5: 284 })).toBe("none");
    expect(await viirs({ i1: 0.5, i2: 0.45, i4: 345, i5: 290 })).toBe("none");
  });

  test("rejects the edge of a desert that is hot all over", async () => {
    const desert: Record<string, Partial<Values>> = {};
    for (let y = 0; y < 41; y++) {
      for (let x = 21; x < 30; x++) desert[`${x},${y}`] = { i4: 341 + (x % 2), i5: 309 };
    }
    expect(await viirs({ i4: 342, i5: 309 }, DAY, desert)).toBe("none");
    expect(await viirs({ i4: 360, i5: 315 }, DAY, desert)).toBe("nominal");
  });

  test("counts saturated pixels among the background fires, as MODIS does", async () => {
    const ground = { ...DAY, i5: 296 };
    const candidate = { i4: 340, i5: 290 }; // too cold at 11 µm, but among fires that differ
    const fires = (saturated: Partial<Values>) => ({
      "19,19": { i4: 367, i5: 305, ...saturated },
      "21,19": { i4: 340, i5: 300 },
    });
    expect(await viirs(candidate, ground)).toBe("none");
    expect(await viirs(candidate, ground, fires({ qf4: 0 }))).toBe("nominal");
    expect(await viirs(candidate, ground, fires({ qf4: 9 }))).toBe("nominal");
    // A folded number is no temperature: what is left is one fire, which does not deviate.
    const folded = { "19,19": { i4: 320, i5: 330 }, "21,19": { i4: 340, i5: 300 } };
    expect(await viirs(candidate, ground, folded)).toBe("none");
  });

  test("shares the power of a pixel of band M13 out among those of its 2 × 2 that burn", async () => {
    const powers = async (
      more: Record<string, Partial<Values>>,
      ground: Values = { ...DAY, m13: 0.5 },
    ) => {
      const { pixels } = await detect(patch("viirs", 41, ground, more), VIIRS, 64);
      return pixels.map(({ values }) => values.frp_mw);
    };
    const fire = { i4: 345, i5: 300, m13: 2.5 };
    const whole = Math.fround(4 * 0.14 * 2 * (5.670374419e-8 / 2.88e-9));
    expect(await powers({ "20,20": fire })).toEqual([whole]);
    expect(await powers({ "20,20": fire, "21,21": fire })).toEqual([whole / 2, whole / 2]);
    // The same two, one to the left: in blocks of their own.
    expect(await powers({ "19,20": fire, "20,21": fire })).toEqual([whole, whole]);
    expect(await powers({ "20,20": { ...fire, m13: Number.NaN } })).toEqual([undefined]);
    expect(await powers({ "20,20": { ...fire, m13: 0.5 } })).toEqual([undefined]);
    expect(await powers({ "20,20": { ...fire, m13: 2.5 } }, DAY)).toEqual([undefined]);
  });

  test("gives synthetic flames the power that Stefan and Boltzmann give them", async () => {
    const scene = makeThermalScene({ seed: 1, kind: "viirs", night: false, fires: 220 });
    const { pixels } = await detect(scene, VIIRS, 128);
    const ratios = scene.flames.flatMap(({ x, y, areaM2, kelvin }) => {
      const found = pixels.find((pixel) => pixel.x === x && pixel.y === y);
      if (found?.values.frp_mw === undefined || scene.cloudAt(x, y) > 0) return [];
      if (kelvin < 700) return []; // Wooster's straight line is made for 650 to 1,350 K.
      // The scene mixes its flames into pixels of 375 m wherever they are in the scan.
      const area = viirsPixelArea(15 + (45 * x) / scene.width) / 0.375 ** 2;
      return [found.values.frp_mw / ((5.670374419e-8 * areaM2 * kelvin ** 4) / 1e6) / area];
    });
    expect(ratios.length).toBeGreaterThan(12);
    ratios.sort((a, b) => a - b);
    expect(ratios[0]).toBeGreaterThan(0.85);
    expect(ratios.at(-1)).toBeLessThan(1.3);
    expect(Math.abs((ratios[Math.floor(ratios.length / 2)] ?? 0) - 1)).toBeLessThan(0.1);
  });

  test("says so when it cannot know", async () => {
    const clouds = { ...DAY, i5: 250 };
    expect(await viirs({ i4: 345, i5: 300 }, clouds)).toBe("unknown");
  });
});

describe("VIIRS by night", () => {
  test("finds far weaker fires", async () => {
    expect(await viirs({ i4: 297, i5: 285 }, NIGHT)).toBe("nominal");
    expect(await viirs({ i4: 293, i5: 285 }, NIGHT)).toBe("none");
    expect(await viirs({ i4: 321, i5: 300 }, NIGHT)).toBe("nominal");
    expect(await viirs({ i4: 208, i5: 336 }, NIGHT)).toBe("high");
    expect(await viirs({ i4: 367, i5: 320, qf4: 9 }, NIGHT)).toBe("high");
  });

  test("needs no reflectance", async () => {
    const dark = { ...NIGHT, i1: Number.NaN, i2: Number.NaN, i3: Number.NaN };
    expect(await viirs({ i4: 297, i5: 285 }, dark)).toBe("nominal");
  });
});

const LAND: Values = {
  t4: 305,
  t11: 298,
  r86: 0.25,
  sza: 40,
  cloud: 0,
  water: 0,
  area: 1,
};

async function modis(
  middle: Partial<Values>,
  ground: Values = LAND,
  more: Record<string, Partial<Values>> = {},
) {
  const scene = patch("modis", 31, ground, { ...more, "15,15": middle });
  const { pixels } = await detect(scene, MODIS, 64);
  return pixels.find(({ x, y }) => x === 15 && y === 15);
}

describe("MODIS", () => {
  test("finds what stands out, and measures its power", async () => {
    const fire = await modis({ t4: 340, t11: 303 });
    expect(fire).toMatchObject({ rule: "high", values: { background_t4_k: 305, is_day: 1 } });
    // 4.34e-19 (340^8 - 305^8) MW/km², worked out by hand.
    expect(fire?.values.frp_mw).toBeCloseTo(4.34e-19 * (1.785793904896e20 - 7.488094e19), 2);
    expect(await modis({ t4: 312, t11: 305 })).toBeUndefined();
    expect(await modis({ t4: 340, t11: 303, r86: 0.35 })).toBeUndefined();
  });

  test("gives a fire the power of its pixel's area", async () => {
    const one = await modis({ t4: 340, t11: 303 });
    const four = await modis({ t4: 340, t11: 303 }, { ...LAND, area: 4 });
    expect((four?.values.frp_mw ?? 0) / (one?.values.frp_mw ?? 1)).toBeCloseTo(4, 5);
  });

  test("is less sure beside clouds and water, and of a weak fire", async () => {
    const percent = async (...args: Parameters<typeof modis>) =>
      (await modis(...args))?.values.confidence_percent;
    // Only the first ramp is below 1: (340 - 310) / 50 = 0.6, whose fifth root is 0.9028.
    expect(await percent({ t4: 340, t11: 303 })).toBe(90);
    // 0.6 · 0.75 = 0.45: 0.8524.
    expect(await percent({ t4: 340, t11: 303 }, LAND, { "14,14": { cloud: 1 } })).toBe(85);
    // 0.6 · 0.5: 0.7860.
    const lake = { "14,14": { water: 1 }, "16,16": { water: 1 } };
    expect(await percent({ t4: 340, t11: 303 }, LAND, lake)).toBe(78);
    // Four clouds around it leave no confidence at all.
    const clouds = Object.fromEntries(
      ["14,14", "15,14", "16,14", "14,15"].map((place) => [place, { cloud: 1 }]),
    );
    expect(await modis({ t4: 340, t11: 303 }, LAND, clouds)).toMatchObject({
      rule: "low",
      values: { confidence_percent: 0 },
    });
    expect(await percent({ t4: 360, t11: 303 })).toBe(100);
  });

  test("by night asks for less, and its confidence knows three ramps", async () => {
    const night = { ...LAND, t4: 290, t11: 288, sza: 100, r86: Number.NaN };
    const fire = await modis({ t4: 316, t11: 290 }, night, { "14,14": { cloud: 1 } });
    // (316 - 305) / 15 = 0.7333, whose cube root is 0.9018.
    expect(fire?.values).toMatchObject({ confidence_percent: 90, is_day: 0 });
    // A fire that the day's ramp, from 310 K, would give no confidence at all: 0.2667 has the cube root 0.6437.
    const weak = await modis({ t4: 309, t11: 280 }, { ...night, t4: 280, t11: 278 });
    expect(weak).toMatchObject({ rule: "nominal", values: { confidence_percent: 64 } });
  });

  test("takes an absolute fire that nothing can be compared with, and makes up no power", async () => {
    const clouds = { ...LAND, cloud: 1 };
    const fire = await modis({ t4: 365, t11: 310, cloud: 0 }, clouds);
    expect(fire).toMatchObject({ rule: "nominal" });
    expect(Object.keys(fire?.values ?? {})).toEqual([
      "brightness_t4_k",
      "brightness_t11_k",
      "is_day",
    ]);
    expect(await modis({ t4: 355, t11: 310, cloud: 0 }, clouds)).toBeUndefined();
  });
});

test("a MODIS pixel has 1 km² at nadir and ten times that at the ends of a scan", () => {
  expect(modisPixelArea()).toBeCloseTo(1, 3);
  expect(modisPixelArea(0)).toBeCloseTo(modisPixelArea(1_353), 10);
  // Published: 4.8 km by 2.0 km.
  expect(modisPixelArea(0)).toBeGreaterThan(9.4);
  expect(modisPixelArea(0)).toBeLessThan(10);
});
