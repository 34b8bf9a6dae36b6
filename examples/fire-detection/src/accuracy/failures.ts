import { createCanvas, type SKRSContext2D } from "@napi-rs/canvas";
import { drawText } from "../../../shared/src/drawing/drawText.ts";
import { COLOURS, loadFont } from "../../../shared/src/drawing/theme.ts";
import { evaluate } from "../evaluation/evaluate.ts";
import { falseColour } from "../outputs/quicklook/falseColour.ts";
import { drawMarks, marksOf } from "../outputs/quicklook/marks.ts";
import { type Pixel, pixelKey } from "../scene/scene.ts";
import type { SyntheticScene } from "../synthetic/syntheticScene.ts";
import type { Detection, Detections } from "../tiles/detection.ts";
import { type Cause, causeOfFalseAlarm } from "./trial.ts";

/** A scene and what was found in it. */
export interface Searched {
  scene: SyntheticScene;
  found: Detections;
}

/** Canvas pixels. */
const MARGIN = 36;
const TITLE = 96;
const CROP = { pixels: 21, zoom: 13 };
const PANEL = { width: CROP.pixels * CROP.zoom, height: CROP.pixels * CROP.zoom + 46, gap: 22 };
const COLUMNS = 4;

/** Classes of mistakes, each shown by its worst example: the alarm that was surest, the fire that shines brightest. */
const ALARMS: readonly (readonly [cause: Cause, title: string])[] = [
  ["spill", "beside a fire"],
  ["town", "a roof"],
  ["flare", "a gas flare"],
  ["ember", "embers"],
];
const MISSES = [
  { title: "beside others", isOne: (near: number) => near > 0 },
  { title: "a fire alone", isOne: (near: number) => near === 0 },
] as const;
const MISSES_OF_A_KIND = 2;

interface Mistake extends Searched {
  at: Pixel;
  title: string;
  about: string;
}

/** Draws where a detector is wrong: its surest false alarms by their cause, and the brightest fires that it misses. Returns a PNG file. */
export async function drawFailures(
  name: string,
  searched: readonly Searched[],
): Promise<Uint8Array> {
  loadFont();
  const mistakes = [...alarmsOf(searched), ...missesOf(searched)];
  const lines = Math.ceil(mistakes.length / COLUMNS);
  const canvas = createCanvas(
    2 * MARGIN + COLUMNS * PANEL.width + (COLUMNS - 1) * PANEL.gap,
    TITLE + lines * (PANEL.height + PANEL.gap) + 6,
  );
  const context = canvas.getContext("2d");
  context.fillStyle = COLOURS.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  drawText(context, `Where ${name} is wrong`, MARGIN, 46, { pixels: 28, weight: 700 });
  drawLegend(context);
  for (const [i, mistake] of mistakes.entries()) {
    const left = MARGIN + (i % COLUMNS) * (PANEL.width + PANEL.gap);
    const top = TITLE + Math.floor(i / COLUMNS) * (PANEL.height + PANEL.gap);
    drawMistake(context, left, top, mistake);
  }
  return canvas.encode("png");
}

function alarmsOf(searched: readonly Searched[]): Mistake[] {
  const alarms = searched.flatMap(({ scene, found }) => {
    const cause = causeOfFalseAlarm(scene);
    return found.pixels.map((pixel) => ({ scene, found, pixel, cause: cause(pixel) }));
  });
  return ALARMS.flatMap(([wanted, title]) => {
    const [surest] = alarms
      .filter(({ cause }) => cause === wanted)
      .sort((a, b) => confidenceOf(b.pixel) - confidenceOf(a.pixel));
    if (surest === undefined) return [];
    const { scene, found, pixel } = surest;
    const about = `found with ${confidenceOf(pixel)} %, and no fire`;
    return [{ scene, found, at: pixel, title, about }];
  });
}

function missesOf(searched: readonly Searched[]): Mistake[] {
  const misses = searched.flatMap(({ scene, found }) => {
    const detected = new Set(found.pixels.map(pixelKey));
    return scene.flames
      .filter((flame) => !detected.has(pixelKey(flame)))
      .map((flame) => ({ scene, found, flame, near: burningAround(scene, flame) }));
  });
  misses.sort(
    (a, b) => b.flame.areaM2 * b.flame.kelvin ** 4 - a.flame.areaM2 * a.flame.kelvin ** 4,
  );
  return MISSES.flatMap(({ title, isOne }) =>
    misses
      .filter(({ near }) => isOne(near))
      .slice(0, MISSES_OF_A_KIND)
      .map(({ scene, found, flame }) => ({
        ...{ scene, found, at: flame, title },
        about: `missed: ${flame.areaM2.toFixed(0)} m² at ${flame.kelvin.toFixed(0)} K${veilOf(scene, flame)}`,
      })),
  );
}

function confidenceOf({ values }: Detection): number {
  return values.confidence_percent ?? 0;
}

function burningAround({ truth }: SyntheticScene, { x, y }: Pixel): number {
  return (
    truth.filter((other) => Math.max(Math.abs(other.x - x), Math.abs(other.y - y)) <= 2).length - 1
  );
}

function veilOf({ cloudAt }: SyntheticScene, { x, y }: Pixel): string {
  const cloud = cloudAt(x, y);
  return cloud > 0.1 ? `, ${(100 * cloud).toFixed(0)} % cloud` : "";
}

function drawLegend(context: SKRSContext2D): void {
  let left = MARGIN;
  for (const [colour, label] of [
    [COLOURS.fire, "fire, found"],
    [COLOURS.false, "found, but no fire"],
    [COLOURS.missed, "fire, missed"],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.strokeRect(left + 1, 61, 11, 11);
    drawText(context, label, left + 20, 72, { pixels: 15, colour: COLOURS.muted });
    left += 170;
  }
}

function drawMistake(
  context: SKRSContext2D,
  left: number,
  top: number,
  { scene, found, at, title, about }: Mistake,
): void {
  const first = (place: number, size: number) =>
    Math.max(0, Math.min(size - CROP.pixels, place - (CROP.pixels - 1) / 2));
  const x = first(at.x, scene.width);
  const y = first(at.y, scene.height);
  drawText(context, title, left, top + 16, { pixels: 16, weight: 700 });
  drawText(context, about, left, top + 35, { pixels: 13, colour: COLOURS.muted });
  context.save();
  context.beginPath();
  context.rect(left, top + 46, PANEL.width, PANEL.width);
  context.clip();
  context.imageSmoothingEnabled = false;
  context.drawImage(
    falseColour(scene),
    ...([x, y, CROP.pixels, CROP.pixels] as const),
    ...([left, top + 46, PANEL.width, PANEL.width] as const),
  );
  const inside = (pixel: Pixel) =>
    pixel.x >= x && pixel.y >= y && pixel.x < x + CROP.pixels && pixel.y < y + CROP.pixels;
  const marks = marksOf(
    found.pixels.filter(inside),
    evaluate(found.pixels.filter(inside), scene.truth.filter(inside)),
  );
  drawMarks(context, marks, { x, y, zoom: CROP.zoom, left, top: top + 46 });
  // What the panel is about.
  context.strokeStyle = "#ffffff";
  context.lineWidth = 2;
  context.strokeRect(
    left + (at.x - x) * CROP.zoom - 3,
    top + 46 + (at.y - y) * CROP.zoom - 3,
    CROP.zoom + 6,
    CROP.zoom + 6,
  );
  context.restore();
}
