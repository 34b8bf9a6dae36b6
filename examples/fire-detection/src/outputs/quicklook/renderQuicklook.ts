import { type Canvas, createCanvas, type SKRSContext2D } from "@napi-rs/canvas";
import { COLOURS, font, loadFont } from "../../../../shared/src/drawing/theme.ts";
import type { Algorithm } from "../../algorithms/algorithm.ts";
import type { Evaluation } from "../../evaluation/evaluate.ts";
import { attribution } from "../../scene/attribution.ts";
import type { Scene } from "../../scene/scene.ts";
import type { Detections } from "../../tiles/detection.ts";
import { ringsOf } from "./clusters.ts";
import { falseColour } from "./falseColour.ts";
import { drawMap } from "./map.ts";
import { marksOf } from "./marks.ts";
import { drawPanel, PANEL_HEIGHT, PANEL_WIDTH } from "./panel.ts";

export interface QuicklookContents {
  scene: Scene;
  algorithm: Algorithm;
  detections: Detections;
  /** Side of a tile in pixels: the grid of tasks is drawn faintly. */
  tile: number;
  /** If the truth is known: missed fires and false alarms are marked too. */
  evaluation?: Evaluation | undefined;
}

/** Canvas pixels. */
const MARGIN = 28;
const GAP = 24;
const TITLE_HEIGHT = 84;
const FOOT_HEIGHT = 22;
const MAP_SIDE = 960;

/** Draws a picture of the scene, 1,400 pixels wide or so, with what was found in it; returns a PNG file. */
export async function renderQuicklook(contents: QuicklookContents): Promise<Uint8Array> {
  const { scene, detections, evaluation, tile } = contents;
  loadFont();
  const side = Math.max(scene.width, scene.height);
  const zoom = MAP_SIDE / side;
  const map = {
    left: MARGIN,
    top: TITLE_HEIGHT,
    width: Math.max(1, Math.round(scene.width * zoom)),
    height: Math.max(1, Math.round(scene.height * zoom)),
  };
  const body = Math.max(map.height, PANEL_HEIGHT);
  const canvas = createCanvas(
    MARGIN + map.width + GAP + PANEL_WIDTH + MARGIN,
    TITLE_HEIGHT + body + FOOT_HEIGHT + MARGIN,
  );
  const context = canvas.getContext("2d");
  context.fillStyle = COLOURS.background;
  context.fillRect(0, 0, canvas.width, canvas.height);

  const picture = falseColour(scene);
  const marks = marksOf(detections.pixels, evaluation);
  const clusters = ringsOf(scene, marks);
  drawTitle(context, scene, canvas);
  drawMap(context, map, { scene, picture, marks, clusters, tile });
  drawPanel(
    context,
    { left: map.left + map.width + GAP, top: map.top, height: body },
    { ...contents, picture, marks, clusters },
  );
  drawFoot(context, contents, canvas);
  return canvas.encode("png");
}

function drawTitle(context: SKRSContext2D, scene: Scene, canvas: Canvas): void {
  const what = [scene.name, scene.acquired, scene.sensor?.satellite].filter(
    (part) => part !== undefined,
  );
  context.textBaseline = "alphabetic";
  context.fillStyle = COLOURS.text;
  context.font = font(27, 700);
  context.fillText("Active fire", MARGIN, 42);
  context.font = font(15);
  context.fillStyle = COLOURS.muted;
  context.fillText(shorten(context, what.join("  ·  "), canvas.width - 2 * MARGIN), MARGIN, 66);
}

function drawFoot(
  context: SKRSContext2D,
  { scene, algorithm }: QuicklookContents,
  canvas: Canvas,
): void {
  const parts = [algorithm.citation, "Assay", attribution(scene)];
  context.font = font(12);
  context.fillStyle = COLOURS.muted;
  context.fillText(
    parts.filter((part) => part !== undefined).join("  ·  "),
    MARGIN,
    canvas.height - 18,
  );
}

function shorten(context: SKRSContext2D, text: string, width: number): string {
  let shown = text;
  while (shown.length > 1 && context.measureText(shown).width > width) {
    shown = `${shown.slice(0, -2).trimEnd()}…`;
  }
  return shown;
}
