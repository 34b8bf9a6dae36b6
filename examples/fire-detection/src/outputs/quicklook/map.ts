import type { Canvas, SKRSContext2D } from "@napi-rs/canvas";
import { COLOURS, font } from "../../../../shared/src/drawing/theme.ts";
import { northAngle, pixelSizeMetres } from "../../scene/georeference.ts";
import type { Scene } from "../../scene/scene.ts";
import { type Cluster, MAX_RINGS } from "./clusters.ts";
import { drawMarks, type Marks } from "./marks.ts";

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface MapContents {
  scene: Scene;
  /** The scene in false colours, one canvas pixel each. */
  picture: Canvas;
  marks: Marks;
  clusters: readonly Cluster[];
  tile: number;
}

const MIN_RING_RADIUS = 11;
const MIN_GRID_STEP = 8;

export function drawMap(context: SKRSContext2D, box: Box, contents: MapContents): void {
  const { scene, picture, marks, clusters, tile } = contents;
  const zoom = box.width / scene.width;
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.width, box.height);
  context.clip();
  context.fillStyle = "#000000";
  context.fillRect(box.left, box.top, box.width, box.height);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, box.left, box.top, box.width, box.height);
  drawGrid(context, box, tile * zoom);
  drawMarks(context, marks, { x: 0, y: 0, zoom, left: box.left, top: box.top });
  for (const cluster of clusters.slice(0, MAX_RINGS)) {
    drawRing(context, {
      x: box.left + cluster.x * zoom,
      y: box.top + cluster.y * zoom,
      radius: Math.max(MIN_RING_RADIUS, cluster.radius * zoom + 6),
    });
  }
  drawScaleBar(context, box, scene);
  drawNorthArrow(context, box, scene);
  context.restore();
  context.strokeStyle = COLOURS.line;
  context.lineWidth = 1;
  context.strokeRect(box.left - 0.5, box.top - 0.5, box.width + 1, box.height + 1);
}

/** The tiles, one task each. */
function drawGrid(context: SKRSContext2D, box: Box, step: number): void {
  if (step < MIN_GRID_STEP) return;
  context.strokeStyle = "rgba(255, 255, 255, 0.13)";
  context.lineWidth = 1;
  context.beginPath();
  for (let x = step; x < box.width; x += step) {
    context.moveTo(Math.round(box.left + x) + 0.5, box.top);
    context.lineTo(Math.round(box.left + x) + 0.5, box.top + box.height);
  }
  for (let y = step; y < box.height; y += step) {
    context.moveTo(box.left, Math.round(box.top + y) + 0.5);
    context.lineTo(box.left + box.width, Math.round(box.top + y) + 0.5);
  }
  context.stroke();
}

function drawRing(
  context: SKRSContext2D,
  { x, y, radius }: { x: number; y: number; radius: number },
): void {
  for (const [width, colour] of [
    [4, "rgba(0, 0, 0, 0.45)"],
    [2, COLOURS.ring],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.stroke();
  }
}

/** The longest of 1, 2, 5, 10, … metres that takes at most a quarter of the map. */
function drawScaleBar(context: SKRSContext2D, box: Box, { georeference, width }: Scene): void {
  if (georeference === undefined) return;
  const middle = { x: width / 2, y: width / 2 };
  const metresPerPixel = (pixelSizeMetres(georeference, middle).width * width) / box.width;
  const longest = (box.width / 4) * metresPerPixel;
  const power = 10 ** Math.floor(Math.log10(longest));
  const metres = power * (longest >= 5 * power ? 5 : longest >= 2 * power ? 2 : 1);
  const length = metres / metresPerPixel;
  const label = metres >= 1_000 ? `${metres / 1_000} km` : `${metres} m`;

  const left = box.left + 20;
  const top = box.top + box.height - 40;
  context.fillStyle = "rgba(10, 13, 18, 0.7)";
  context.beginPath();
  context.roundRect(left - 10, top - 8, length + 20, 38, 6);
  context.fill();
  context.fillStyle = COLOURS.text;
  context.fillRect(left, top + 16, length / 2, 5);
  context.strokeStyle = COLOURS.text;
  context.lineWidth = 1;
  context.strokeRect(left + 0.5, top + 16.5, length - 1, 4);
  context.font = font(13, 700);
  context.textAlign = "left";
  context.fillText("0", left, top + 9);
  context.textAlign = "right";
  context.fillText(label, left + length, top + 9);
  context.textAlign = "left";
}

function drawNorthArrow(context: SKRSContext2D, box: Box, scene: Scene): void {
  if (scene.georeference === undefined) return;
  const angle = northAngle(scene.georeference, { x: scene.width / 2, y: scene.height / 2 });
  context.save();
  context.translate(box.left + box.width - 36, box.top + 40);
  context.fillStyle = "rgba(10, 13, 18, 0.7)";
  context.beginPath();
  context.arc(0, 0, 25, 0, 2 * Math.PI);
  context.fill();
  context.rotate((angle * Math.PI) / 180);
  context.fillStyle = COLOURS.text;
  context.beginPath();
  context.moveTo(0, -20);
  context.lineTo(6, 1);
  context.lineTo(0, -3);
  context.lineTo(-6, 1);
  context.closePath();
  context.fill();
  context.font = font(13, 700);
  context.textAlign = "center";
  context.fillText("N", 0, 16);
  context.restore();
}
