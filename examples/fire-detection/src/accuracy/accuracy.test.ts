import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { variants } from "../../../../test/fixtures/long.ts";
import { hotmapReference } from "../../test/reference/hotmap.ts";
import { ALGORITHM_NAMES } from "../algorithms/algorithm.ts";
import { algorithmsFor } from "../algorithms/algorithms.ts";
import { evaluate } from "../evaluation/evaluate.ts";
import { SENSOR_KINDS } from "../scene/scene.ts";
import { CLEAR_FIRES, toMarkdown, toReadmeTable } from "./markdown.ts";
import { measureAccuracy, type Scores, totals } from "./measure.ts";
import { AREAS_M2, emptyScore, KELVINS, scoreOf, summarise, trialScene } from "./trial.ts";

const docs = (name: string) => new URL(`../../docs/${name}`, import.meta.url);
const committed: Scores = JSON.parse(await readFile(docs("accuracy.json"), "utf8"));

/** A scene a sensor, all programs compiled: ten seconds on a machine that does nothing else. */

describe("the committed table", () => {
  test("has the numbers that the programs give, exactly: scenes of seed 1", async () => {
    const sensors = variants(SENSOR_KINDS);
    const again = await measureAccuracy(1, { sensors });
    for (const { name } of sensors.flatMap(algorithmsFor)) {
      expect(again[name][0], name).toEqual(committed[name][0]);
    }
  });

  test("is what the numbers say, of 20 scenes", async () => {
    expect(ALGORITHM_NAMES.map((name) => committed[name].length)).toEqual(Array(10).fill(20));
    expect(await readFile(docs("accuracy.md"), "utf8")).toBe(toMarkdown(committed));
    expect(await readFile(docs("../README.md"), "utf8")).toContain(
      `\n\n${toReadmeTable(committed)}\n\n`,
    );
  });

  test("has the Landsat vote find fires of 50 m² at 800 K and more with F1 of 0.9, what lies beside fires left out", () => {
    const clear = summarise(totals(committed).vote, { ...CLEAR_FIRES, spill: false });
    expect(clear.f1).toBeGreaterThanOrEqual(0.9);
  });

  test("has the learned detector's strict F1 at 0.8 or more, on scenes that it did not learn from", () => {
    const { learned, hotmap } = totals(committed);
    expect(summarise(learned).f1).toBeGreaterThanOrEqual(0.8);
    expect(summarise(learned).f1).toBeGreaterThan(summarise(hotmap).f1);
  });

  test("has the learned detector's confidence within 0.06 of the share that burns", () => {
    const { confidences } = totals(committed).learned;
    const often = confidences.filter(({ found }) => found >= 50);
    expect(often.length).toBeGreaterThanOrEqual(4);
    for (const { found, burning, percent } of often) {
      expect(Math.abs(burning / found - percent / found / 100)).toBeLessThan(0.06);
    }
  });

  test("means by precision what the console means", () => {
    const scene = trialScene({ sensor: "sentinel-2" }, 3);
    const found = hotmapReference(scene);
    const { precision } = evaluate(found.pixels, scene.truth);
    expect(summarise(scoreOf(scene, found)).precision).toBeCloseTo(precision ?? 0, 12);
  });
});

describe("a trial", () => {
  test("has fires of every class, on every sensor", () => {
    for (const sensor of variants(["landsat", "viirs", "sentinel-2"] as const)) {
      const { flames } = trialScene({ sensor }, 2);
      for (const [a, area] of AREAS_M2.slice(0, -1).entries()) {
        for (const [k, kelvin] of KELVINS.slice(0, -1).entries()) {
          const within = flames.filter(
            (f) =>
              f.areaM2 >= area &&
              f.areaM2 <= (AREAS_M2[a + 1] ?? 0) &&
              f.kelvin >= kelvin &&
              f.kelvin <= (KELVINS[k + 1] ?? 0),
          );
          expect(within.length, `${sensor}, ${area} m², ${kelvin} K`).toBeGreaterThan(0);
        }
      }
    }
  });

  test("counts what was found, missed, wrong and beside a fire", () => {
    const scene = trialScene({ sensor: "landsat" }, 1);
    const [first] = scene.truth;
    const special = [...scene.truth, ...scene.decoys];
    const lonely = scene.truth.find(
      (pixel) => !special.some((other) => other.x === pixel.x + 1 && other.y === pixel.y),
    );
    if (first === undefined || lonely === undefined) expect.unreachable("the scene must burn");
    const found = (pixels: { x: number; y: number }[]) =>
      scoreOf(scene, {
        pixels: pixels.map((pixel) => ({ ...pixel, rule: "a", values: {} })),
        validPixels: 1,
        unknownPixels: 0,
      });
    const nothing = summarise(found([]));
    expect(nothing).toMatchObject({ fires: scene.truth.length, recall: 0, f1: 0 });
    const all = summarise(found([...scene.truth]));
    expect(all).toMatchObject({ precision: 1, recall: 1, f1: 1 });
    const { x, y } = lonely;
    const beside = found([lonely, { x: x + 1, y }]);
    expect(beside.causes.spill).toBe(1);
    expect(summarise(beside).precision).toBe(0.5);
    expect(summarise(beside, { spill: false }).precision).toBe(1);
    const flare = scene.decoys.find(({ what }) => what === "flare");
    if (flare === undefined) expect.unreachable("the scene has a flare");
    expect(found([flare]).causes).toEqual({ ...emptyScore().causes, flare: 1 });
  });
});
