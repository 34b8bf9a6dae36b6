import { createCanvas } from "@napi-rs/canvas";
import { COLOURS, font, loadFont } from "../../../shared/src/drawing/theme.ts";
import type { RoundReport } from "../federation/training.ts";
import type { Curve } from "./curves.ts";

const WIDTH = 760;
const HEIGHT = 360;
const BOX = { left: 60, top: 84, width: 670, height: 220 };

/** Draws accuracy by round of a training, the last curve, and of others; rounds without an aggregate have a mark. Returns a PNG file. */
export async function plotRun(
  curves: readonly Curve[],
  rounds: readonly RoundReport[],
  subtitle: string,
): Promise<Uint8Array> {
  loadFont();
  const canvas = createCanvas(WIDTH, HEIGHT);
  const context = canvas.getContext("2d");
  context.fillStyle = COLOURS.background;
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.fillStyle = COLOURS.text;
  context.font = font(23, 700);
  context.fillText("Accuracy by round", 28, 38);
  context.fillStyle = COLOURS.muted;
  context.font = font(14);
  context.fillText(subtitle, 28, 60);
  context.fillStyle = COLOURS.panel;
  context.fillRect(BOX.left, BOX.top, BOX.width, BOX.height);
  const last = Math.max(1, rounds.length);
  const x = (round: number) => BOX.left + (BOX.width * (round - 1)) / Math.max(1, last - 1);
  const y = (accuracy: number) => BOX.top + BOX.height * (1 - accuracy);
  context.font = font(12);
  for (const level of [0, 0.25, 0.5, 0.75, 1]) {
    context.strokeStyle = COLOURS.line;
    context.beginPath();
    context.moveTo(BOX.left, y(level));
    context.lineTo(BOX.left + BOX.width, y(level));
    context.stroke();
    context.fillStyle = COLOURS.muted;
    context.fillText(level.toFixed(2), 24, y(level) + 4);
  }
  for (const { values, hex } of curves) {
    context.strokeStyle = hex;
    context.lineWidth = 2.5;
    context.beginPath();
    for (const [i, value] of values.entries()) context.lineTo(x(i + 1), y(value));
    context.stroke();
  }
  for (const { round, accuracy, error } of rounds) {
    context.fillStyle = error === undefined ? COLOURS.fire : COLOURS.false;
    context.beginPath();
    context.arc(x(round), y(accuracy), 4, 0, 2 * Math.PI);
    context.fill();
  }
  let legend = BOX.left + 60;
  for (const { name, hex } of curves) {
    context.fillStyle = hex;
    context.fillRect(legend, BOX.top + BOX.height + 11, 12, 12);
    context.fillStyle = COLOURS.text;
    context.fillText(name, legend + 18, BOX.top + BOX.height + 21);
    legend += 40 + context.measureText(name).width;
  }
  context.fillStyle = COLOURS.muted;
  context.fillText("round 1", BOX.left, BOX.top + BOX.height + 20);
  context.textAlign = "right";
  context.fillText(String(rounds.length), BOX.left + BOX.width, BOX.top + BOX.height + 20);
  return canvas.encode("png");
}
