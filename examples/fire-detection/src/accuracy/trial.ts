import type { Algorithm } from "../algorithms/algorithm.ts";
import { neighbourhood, type Pixel, pixelKey } from "../scene/scene.ts";
import { MATERIALS } from "../synthetic/landscape.ts";
import { MSI, OLI } from "../synthetic/opticalSensor.ts";
import { makeScene, type SyntheticScene } from "../synthetic/syntheticScene.ts";
import { makeThermalScene } from "../synthetic/thermalScene.ts";
import type { HotSpot } from "../synthetic/wildfire.ts";
import type { Detections } from "../tiles/detection.ts";

/** Edges of the classes that fires are counted by. */
export const AREAS_M2 = [2, 10, 50, 250] as const;
export const KELVINS = [400, 600, 800, 1_000, 1_200] as const;

/** Causes of false alarms. */
export const CAUSES = ["spill", "flare", "ember", "cloud", ...MATERIALS] as const;
export type Cause = (typeof CAUSES)[number];

/** Fires of one class of size and temperature: how many there were and how many were found. */
export interface Cell {
  fires: number;
  found: number;
}

/** The counts of one algorithm on one or more scenes. */
export interface Score {
  /** Fires by class of size, then of temperature. */
  cells: Cell[][];
  /** False alarms in pixels, by cause. */
  causes: Record<Cause, number>;
  /** Found pixels by their `confidence_percent`, from 0 to 9 % on. Empty if the algorithm reports none. */
  confidences: Confidence[];
}

/** Found pixels of one class of confidence, and how many of them burn. */
export interface Confidence {
  found: number;
  burning: number;
  /** Sum of their percentages. */
  percent: number;
}

/** Width of a class of confidence, %. */
export const CONFIDENCE_STEP = 10;

/** Side of a trial's scene in pixels, and how many single fires there are besides the fronts. */
const SIDE = { optical: 400, thermal: 256 };
const SINGLE = 220;

/** The scene of a trial: the same for the same seed. */
export function trialScene({ sensor }: Pick<Algorithm, "sensor">, seed: number): SyntheticScene {
  switch (sensor) {
    case "viirs":
    case "modis":
      return makeThermalScene({ seed, kind: sensor, fires: SINGLE });
    default: {
      const size = { width: SIDE.optical, height: SIDE.optical, fires: 3 };
      const optics = sensor === "landsat" ? OLI : MSI;
      return makeScene({ seed, ...size, sensor: optics, trial: { single: SINGLE } });
    }
  }
}

/** Adds scores up. */
export function mergeScores(scores: readonly Score[]): Score {
  const sum = emptyScore();
  for (const { cells, causes, confidences } of scores) {
    for (const [n, { found, burning, percent }] of confidences.entries()) {
      sum.confidences[n] ??= { found: 0, burning: 0, percent: 0 };
      sum.confidences[n].found += found;
      sum.confidences[n].burning += burning;
      sum.confidences[n].percent += percent;
    }
    for (const [a, row] of cells.entries()) {
      for (const [k, { fires, found }] of row.entries()) {
        const cell = sum.cells[a]?.[k];
        if (cell === undefined) throw new RangeError("a score has other classes");
        cell.fires += fires;
        cell.found += found;
      }
    }
    for (const cause of CAUSES) sum.causes[cause] += causes[cause];
  }
  return sum;
}

export function emptyScore(): Score {
  const cells = AREAS_M2.slice(1).map(() => KELVINS.slice(1).map(() => ({ fires: 0, found: 0 })));
  const causes = Object.fromEntries(CAUSES.map((cause) => [cause, 0])) as Record<Cause, number>;
  return { cells, causes, confidences: [] };
}

/**
 * Counts what was found in a scene.
 *
 * A pixel burns where it has flames that no cloud hides; with several, the one that shines brightest gives its class. What was found
 * elsewhere is wrong; "spill" is wrong too, but beside a fire, whose light the optics spread.
 */
export function scoreOf(scene: SyntheticScene, { pixels }: Detections): Score {
  const score = emptyScore();
  const found = new Set(pixels.map(pixelKey));
  const brightest = brightestFlames(scene);
  for (const [place, { areaM2, kelvin }] of brightest) {
    const cell = score.cells[classOf(areaM2, AREAS_M2)]?.[classOf(kelvin, KELVINS)];
    if (cell === undefined) throw new RangeError(`${areaM2} m² at ${kelvin} K is in no class`);
    cell.fires++;
    if (found.has(place)) cell.found++;
  }
  const causeOf = causeOfFalseAlarm(scene);
  for (const pixel of pixels) {
    const cause = causeOf(pixel);
    if (cause !== undefined) score.causes[cause]++;
    const percent = pixel.values.confidence_percent;
    if (percent === undefined) continue;
    while (score.confidences.length < Math.ceil(100 / CONFIDENCE_STEP)) {
      score.confidences.push({ found: 0, burning: 0, percent: 0 });
    }
    const last = score.confidences.length - 1;
    const level = score.confidences[Math.min(last, Math.floor(percent / CONFIDENCE_STEP))];
    if (level === undefined) throw new RangeError(`${percent} % is no confidence`);
    level.found++;
    level.percent += percent;
    if (cause === undefined) level.burning++;
  }
  return score;
}

/** The flames of a scene by their pixel, the brightest one of each. */
function brightestFlames(scene: SyntheticScene): ReadonlyMap<string, HotSpot> {
  const brightest = new Map<string, HotSpot>();
  for (const flame of scene.flames) {
    const other = brightest.get(pixelKey(flame));
    // Power by Stefan and Boltzmann.
    const power = (f: HotSpot) => f.areaM2 * f.kelvin ** 4;
    if (other === undefined || power(flame) > power(other)) brightest.set(pixelKey(flame), flame);
  }
  return brightest;
}

/** Tells why a pixel of a scene was taken for a fire; undefined for one that burns. */
export function causeOfFalseAlarm(scene: SyntheticScene): (pixel: Pixel) => Cause | undefined {
  const burning = new Set(scene.flames.map(pixelKey));
  const decoys = new Map<string, Cause>(scene.decoys.map((d) => [pixelKey(d), d.what]));
  return (pixel) => {
    if (burning.has(pixelKey(pixel))) return undefined;
    const around = neighbourhood(pixel).map(pixelKey);
    const own = decoys.get(pixelKey(pixel));
    if (own !== undefined) return own;
    if (around.some((place) => burning.has(place))) return "spill";
    if (around.some((place) => decoys.get(place) === "flare")) return "flare";
    if (scene.cloudAt(pixel.x, pixel.y) > 0.1) return "cloud";
    return MATERIALS[scene.landscape.material[pixel.y * scene.width + pixel.x] ?? 0] ?? "forest";
  };
}

/** The class that a value falls into; the last one includes its upper edge. */
function classOf(value: number, edges: readonly number[]): number {
  const last = edges.length - 2;
  return Math.min(
    last,
    edges.findLastIndex((edge) => value >= edge),
  );
}

/**
 * Precision, recall and F1 of one class of size and temperature. False alarms that are not beside a fire are shared out among the
 * classes in proportion to their fires.
 */
export function summariseCell({ cells, causes }: Score, area: number, kelvin: number): Summary {
  const cell = cells[area]?.[kelvin] ?? { fires: 0, found: 0 };
  const all = cells.flat().reduce((sum, { fires }) => sum + fires, 0);
  const wrong = CAUSES.reduce((sum, c) => sum + (c === "spill" ? 0 : causes[c]), 0);
  const share = all === 0 ? 0 : (wrong * cell.fires) / all;
  return {
    fires: cell.fires,
    precision: cell.found / (cell.found + share),
    recall: cell.found / cell.fires,
    f1: (2 * cell.found) / (cell.found + share + cell.fires),
  };
}

/** Precision, recall and F1 of some classes of a score. */
export interface Summary {
  fires: number;
  precision: number;
  recall: number;
  f1: number;
}

/**
 * Precision, recall and F1. Precision is the share of the found pixels that burn, as the console has it. With only some classes of
 * fire, all that is wrong is set against these alone.
 * @param spill - whether what was found beside a fire counts as wrong. Default: it does; otherwise it counts neither way.
 */
export function summarise(
  { cells, causes }: Score,
  {
    minAreaM2 = 0,
    minKelvin = 0,
    spill = true,
  }: { minAreaM2?: number; minKelvin?: number; spill?: boolean } = {},
): Summary {
  const counted = cells
    .filter((_, a) => (AREAS_M2[a] ?? 0) >= minAreaM2)
    .flatMap((row) => row.filter((_, k) => (KELVINS[k] ?? 0) >= minKelvin));
  const fires = counted.reduce((sum, cell) => sum + cell.fires, 0);
  const found = counted.reduce((sum, cell) => sum + cell.found, 0);
  const wrong = Object.entries(causes).reduce(
    (sum, [cause, count]) => sum + (cause === "spill" && !spill ? 0 : count),
    0,
  );
  return {
    fires,
    precision: found / (found + wrong),
    recall: found / fires,
    f1: (2 * found) / (found + wrong + fires),
  };
}
