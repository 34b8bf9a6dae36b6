import { describe, expect, test } from "vitest";
import type { AlgorithmName } from "../src/algorithms/algorithm.ts";
import { ALGORITHMS } from "../src/algorithms/algorithms.ts";
import type { Scene } from "../src/scene/scene.ts";
import { detect } from "./detect.ts";
import { patch as patchOf, type Values } from "./patch.ts";

/** Reflectances of bands 1 to 7. */
const rhos = (...rho: number[]) => Object.fromEntries(rho.map((r, i) => [String(i + 1), r]));

const FOREST: Values = { ...rhos(0.1, 0.08, 0.08, 0.06, 0.3, 0.18, 0.1), radsat: 0 };
const WATER = rhos(0.1, 0.09, 0.08, 0.06, 0.05, 0.04, 0.03);

function patch(
  middle: Partial<Values>,
  more: Record<string, Partial<Values>> = {},
  ground = FOREST,
) {
  return patchOf("landsat", 9, ground, { ...more, "4,4": middle });
}

async function rules(scene: Scene, name: AlgorithmName): Promise<string[]> {
  const { pixels } = await detect(scene, ALGORITHMS[name], 64);
  return pixels.map(({ x, y, rule }) => `${x},${y} ${rule}`);
}

describe("Schroeder", () => {
  const found = ["4,4 schroeder"];

  test("takes an unambiguous fire, whatever is around it", async () => {
    const fire = rhos(0.1, 0.08, 0.08, 0.1, 0.3, 0.5, 0.8);
    expect(await rules(patch(fire), "schroeder")).toEqual(found);
    expect(await rules(patch({ ...fire, 7: 0.5 }), "schroeder")).toEqual([]);
  });

  test("takes a saturated pixel whose number has folded over", async () => {
    const folded = rhos(0.1, 0.08, 0.08, 0.1, 0.45, 0.9, 0.4);
    expect(await rules(patch(folded), "schroeder")).toEqual(found);
    expect(await rules(patch({ ...folded, 5: 0.3, 7: 0.05 }), "schroeder")).toEqual(found);
    expect(await rules(patch({ ...folded, 5: 0.3 }), "schroeder")).toEqual([]);
    expect(await rules(patch({ ...folded, 1: 0.25 }), "schroeder")).toEqual([]);
  });

  test("takes a potential fire only where it stands out from its surroundings", async () => {
    const weak = rhos(0.1, 0.08, 0.08, 0.1, 0.22, 0.2, 0.41);
    expect(await rules(patch(weak), "schroeder")).toEqual(found);
    // The same pixel in a place that is as bright, but for its own ratio.
    const desert = { ...FOREST, 5: 0.25, 6: 0.4, 7: 0.36 };
    expect(await rules(patch(weak, {}, desert), "schroeder")).toEqual([]);
  });

  test("takes the correction for the sun out again", async () => {
    const fire = rhos(0.1, 0.08, 0.08, 0.1, 0.3, 0.5, 0.8);
    const low = { ...patch(fire), sunElevation: 30 };
    // At 30 degrees a reflectance of 0.8 was measured as 0.4, which is below 0.5; but it stands out.
    expect(await rules(low, "schroeder")).toEqual(found);
    const ground = { ...FOREST, 5: 0.3, 7: 0.7 };
    expect(await rules({ ...patch(fire, {}, ground), sunElevation: 30 }, "schroeder")).toEqual([]);
    expect(await rules(patch(fire, {}, ground), "schroeder")).toEqual(found);
  });

  test("takes no water", async () => {
    const glint = rhos(0.9, 0.95, 0.97, 0.96, 0.94, 0.93, 0.8);
    expect(await rules(patch(glint), "schroeder")).toEqual([]);
  });

  test("says so when there is nothing to compare with", async () => {
    const weak = rhos(0.1, 0.08, 0.08, 0.1, 0.22, 0.2, 0.41);
    const alone = patch(weak, {}, { ...FOREST, ...WATER });
    const found = await detect(alone, ALGORITHMS.schroeder, 64);
    // The candidate itself is background, so that it never stands out from it.
    expect(found).toMatchObject({ pixels: [], unknownPixels: 0, validPixels: 81 });
  });
});

describe("Murphy", () => {
  test("takes the spectrum of fire and saturated pixels beside it", async () => {
    const fire = rhos(0.1, 0.08, 0.08, 0.1, 0.3, 0.3, 0.6);
    const beside = {
      "5,5": { 6: 0.7, 5: 0.3, 7: 0.6 },
      "3,4": { radsat: 32 },
      "7,7": { radsat: 64 },
    };
    expect(await rules(patch(fire, beside), "murphy")).toEqual([
      "3,4 murphy",
      "4,4 murphy",
      "5,5 murphy",
    ]);
  });

  test("looks at no other band's saturation", async () => {
    const fire = rhos(0.1, 0.08, 0.08, 0.1, 0.3, 0.3, 0.6);
    expect(await rules(patch(fire, { "3,4": { radsat: 31 } }), "murphy")).toEqual(["4,4 murphy"]);
  });
});

describe("Kumar and Roy", () => {
  test("takes an unambiguous fire and what is hot beside it", async () => {
    const fire = rhos(0.1, 0.08, 0.08, 0.1, 0.3, 0.5, 0.8);
    const beside = { "5,4": { 4: 0.1, 6: 0.45 }, "8,8": { 4: 0.1, 6: 0.45 } };
    expect(await rules(patch(fire, beside), "kumar-roy")).toEqual([
      "4,4 kumar-roy",
      "5,4 kumar-roy",
    ]);
  });

  test("takes a potential fire that stands out from the smallest window with enough background", async () => {
    const weak = rhos(0.1, 0.08, 0.08, 0.06, 0.25, 0.3, 0.36);
    expect(await rules(patch(weak), "kumar-roy")).toEqual(["4,4 kumar-roy"]);
    expect(await rules(patch({ ...weak, 7: 0.3 }), "kumar-roy")).toEqual([]);
  });

  test("takes nothing without background, and says so", async () => {
    const weak = rhos(0.1, 0.08, 0.08, 0.06, 0.25, 0.3, 0.36);
    const lake = patch(weak, {}, { ...FOREST, ...WATER });
    const { pixels, unknownPixels } = await detect(lake, ALGORITHMS["kumar-roy"], 64);
    expect({ pixels, unknownPixels }).toEqual({ pixels: [], unknownPixels: 1 });
  });
});

test("a vote needs two, and names them", async () => {
  // Strong enough for all three.
  const fire = rhos(0.1, 0.08, 0.08, 0.1, 0.3, 0.5, 0.8);
  expect(await rules(patch(fire), "vote")).toEqual(["4,4 schroeder+murphy+kumar-roy"]);
  // Cool: Schroeder's difference of 0.17 is not reached.
  const cool = rhos(0.1, 0.08, 0.08, 0.06, 0.2, 0.2, 0.36);
  expect(await rules(patch(cool), "vote")).toEqual(["4,4 murphy+kumar-roy"]);
  // Bright in the near-infrared: Kumar and Roy alone.
  const bright = rhos(0.1, 0.08, 0.08, 0.06, 0.3, 0.34, 0.4);
  expect(await rules(patch(bright), "kumar-roy")).toEqual(["4,4 kumar-roy"]);
  expect(await rules(patch(bright), "vote")).toEqual([]);
});
