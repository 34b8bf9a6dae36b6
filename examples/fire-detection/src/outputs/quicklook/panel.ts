import type { Canvas, SKRSContext2D } from "@napi-rs/canvas";
import { COLOURS, font } from "../../../../shared/src/drawing/theme.ts";
import { type Evaluation, formatShare } from "../../evaluation/evaluate.ts";
import { type LonLat, pixelSizeMetres, toLonLat } from "../../scene/georeference.ts";
import type { Scene } from "../../scene/scene.ts";
import type { Detections } from "../../tiles/detection.ts";
import { tileGrid } from "../../tiles/grid.ts";
import type { Cluster } from "./clusters.ts";
import { type Composite, compositeOf } from "./falseColour.ts";
import { drawMarks, type Marks } from "./marks.ts";

/** Canvas pixels. */
export const PANEL_WIDTH = 396;
export const PANEL_HEIGHT = 900;

const PADDING = 20;
const INSET_SIDE = PANEL_WIDTH - 2 * PADDING;
const INSET_PIXELS = { minimum: 24, maximum: 48 };

/** Places tried for the close-up. */
const MAX_WINDOWS = 200;

export interface PanelContents {
  scene: Scene;
  detections: Detections;
  evaluation?: Evaluation | undefined;
  tile: number;
  picture: Canvas;
  marks: Marks;
  clusters: readonly Cluster[];
}

/** The column beside the map: how many, how good, the largest fire close up, what the signs mean. */
export function drawPanel(
  context: SKRSContext2D,
  { left, top, height }: { left: number; top: number; height: number },
  contents: PanelContents,
): void {
  context.fillStyle = COLOURS.panel;
  context.beginPath();
  context.roundRect(left, top, PANEL_WIDTH, height, 8);
  context.fill();

  const x = left + PADDING;
  let y = drawCount(context, x, top + PADDING, contents);
  y = drawFacts(context, x, y + 22, facts(contents));
  y = drawInset(context, x, y + 22, contents);
  drawLegend(context, x, y + 24, contents);
  drawColours(context, x, top + height - PADDING, compositeOf(contents.scene));
}

function drawCount(context: SKRSContext2D, x: number, y: number, contents: PanelContents): number {
  const { detections } = contents;
  const count = detections.pixels.length;
  context.fillStyle = count > 0 ? COLOURS.fire : COLOURS.text;
  context.font = font(58, 700);
  const number = count.toLocaleString("en-US");
  context.fillText(number, x - 2, y + 46);
  const after = x + context.measureText(number).width + 12;
  context.fillStyle = COLOURS.text;
  context.font = font(17, 700);
  context.fillText(count === 1 ? "fire pixel" : "fire pixels", after, y + 24);
  context.font = font(14);
  context.fillStyle = COLOURS.muted;
  const measured = detections.validPixels.toLocaleString("en-US");
  context.fillText(`among ${measured} measured`, after, y + 45);
  return y + 52;
}

function facts({ scene, evaluation, tile }: PanelContents): [name: string, value: string][] {
  const rows: [string, string][] = [];
  if (evaluation !== undefined) {
    rows.push(
      ["Precision", formatShare(evaluation.precision)],
      ["Recall", formatShare(evaluation.recall)],
      ["F1", formatShare(evaluation.f1)],
    );
  }
  if (scene.georeference === undefined) rows.push(["Centre", "no georeference"]);
  else {
    const middle = { x: scene.width / 2, y: scene.height / 2 };
    const size = pixelSizeMetres(scene.georeference, middle);
    rows.push(
      ["Centre", formatPlace(toLonLat(scene.georeference, middle))],
      ["Pixel", `${Math.round(size.width)} × ${Math.round(size.height)} m`],
    );
  }
  const { count } = tileGrid({ width: scene.width, height: scene.height, tile });
  const tasks = count === 1 ? "1 task" : `${count.toLocaleString("en-US")} tasks`;
  rows.push(["Scene", `${scene.width} × ${scene.height} px`], ["Tiles", `${tile} px, ${tasks}`]);
  return rows;
}

function drawFacts(
  context: SKRSContext2D,
  x: number,
  y: number,
  rows: readonly [string, string][],
): number {
  let line = y;
  for (const [name, value] of rows) {
    context.font = font(14);
    context.fillStyle = COLOURS.muted;
    context.fillText(name, x, line + 13);
    context.fillStyle = COLOURS.text;
    context.textAlign = "right";
    context.fillText(value, x + INSET_SIDE, line + 13);
    context.textAlign = "left";
    line += 23;
  }
  return line;
}

/** The largest group of detections, so close that single pixels can be told apart. */
function drawInset(context: SKRSContext2D, x: number, y: number, contents: PanelContents): number {
  const { scene, picture, marks, clusters } = contents;
  const [largest] = clusters;
  if (largest === undefined) return y;
  const span = Math.min(
    scene.width,
    scene.height,
    Math.min(INSET_PIXELS.maximum, Math.max(INSET_PIXELS.minimum, Math.ceil(2.3 * largest.radius))),
  );
  const view = {
    ...fullestWindow(largest, span, scene),
    zoom: INSET_SIDE / span,
    left: x,
    top: y + 22,
  };
  context.font = font(14, 700);
  context.fillStyle = COLOURS.text;
  context.fillText("The largest group, close up", x, y + 12);
  context.save();
  context.beginPath();
  context.rect(x, view.top, INSET_SIDE, INSET_SIDE);
  context.clip();
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, view.x, view.y, span, span, x, view.top, INSET_SIDE, INSET_SIDE);
  drawMarks(context, marks, view);
  context.restore();
  context.strokeStyle = COLOURS.line;
  context.lineWidth = 1;
  context.strokeRect(x - 0.5, view.top - 0.5, INSET_SIDE + 1, INSET_SIDE + 1);
  return view.top + INSET_SIDE;
}

/** The square of `span` pixels within the scene that shows most of a cluster. */
function fullestWindow(
  { pixels }: Cluster,
  span: number,
  { width, height }: Scene,
): { x: number; y: number } {
  const within = (centre: number, size: number) =>
    Math.min(size - span, Math.max(0, Math.round(centre - span / 2)));
  const candidates = pixels.filter((_, i) => i % Math.ceil(pixels.length / MAX_WINDOWS) === 0);
  let best = { x: 0, y: 0, shown: -1, askew: 0 };
  for (const candidate of candidates) {
    const x = within(candidate.x + 0.5, width);
    const y = within(candidate.y + 0.5, height);
    const seen = pixels.filter((p) => p.x >= x && p.y >= y && p.x < x + span && p.y < y + span);
    const shown = seen.length;
    // Among windows that show as much, the one that has it in the middle.
    const askew = Math.hypot(
      seen.reduce((sum, p) => sum + p.x + 0.5, 0) / shown - (x + span / 2),
      seen.reduce((sum, p) => sum + p.y + 0.5, 0) / shown - (y + span / 2),
    );
    if (shown > best.shown || (shown === best.shown && askew < best.askew)) {
      best = { x, y, shown, askew };
    }
  }
  return { x: best.x, y: best.y };
}

function drawLegend(context: SKRSContext2D, x: number, y: number, contents: PanelContents): void {
  const known = contents.evaluation !== undefined;
  const count = ({ length }: readonly unknown[]) => length.toLocaleString("en-US");
  const signs: [colour: string, label: string][] = known
    ? [
        [COLOURS.fire, `fire, found (${count(contents.marks.fire)})`],
        [COLOURS.false, `found, but no fire (${count(contents.marks.false)})`],
        [COLOURS.missed, `fire, missed (${count(contents.marks.missed)})`],
      ]
    : [[COLOURS.fire, "fire pixel"]];
  let line = y;
  context.font = font(14);
  for (const [colour, label] of signs) {
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.strokeRect(x + 2, line + 2, 11, 11);
    context.fillStyle = COLOURS.text;
    context.fillText(label, x + 26, line + 13);
    line += 23;
  }
  context.strokeStyle = COLOURS.ring;
  context.beginPath();
  context.arc(x + 7.5, line + 8, 6.5, 0, 2 * Math.PI);
  context.stroke();
  context.fillStyle = COLOURS.text;
  context.fillText("group of them", x + 26, line + 13);
}

/** Draws the legend of the picture's colours above `bottom`. */
function drawColours(
  context: SKRSContext2D,
  x: number,
  bottom: number,
  { colours }: Composite,
): void {
  const [red, green, blue] = colours;
  const bands: [colour: string, label: string][] = [
    ["#ff5a4d", `Red: ${red}`],
    ["#4bd670", `Green: ${green}`],
    ["#5b8cff", `Blue: ${blue}`],
  ];
  let line = bottom - 21 * bands.length;
  context.font = font(14);
  for (const [colour, label] of bands) {
    context.fillStyle = colour;
    context.fillRect(x + 2, line + 2, 11, 11);
    context.fillStyle = COLOURS.muted;
    context.fillText(label, x + 26, line + 13);
    line += 21;
  }
}

function formatPlace({ lon, lat }: LonLat): string {
  const north = `${Math.abs(lat).toFixed(4)}° ${lat < 0 ? "S" : "N"}`;
  const east = `${Math.abs(lon).toFixed(4)}° ${lon < 0 ? "W" : "E"}`;
  return `${north}, ${east}`;
}
