import { createCanvas, type SKRSContext2D } from "@napi-rs/canvas";
import { drawText } from "../../../shared/src/drawing/drawText.ts";
import { COLOURS, loadFont } from "../../../shared/src/drawing/theme.ts";
import { ALGORITHM_NAMES, type AlgorithmName } from "../algorithms/algorithm.ts";
import { ALGORITHMS } from "../algorithms/algorithms.ts";
import { SENSORS } from "../sensors/sensors.ts";
import { CLEAR_FIRES } from "./markdown.ts";
import { type Scores, totals } from "./measure.ts";
import { AREAS_M2, KELVINS, type Score, summarise, summariseCell } from "./trial.ts";

/** Canvas pixels. */
const MARGIN = 36;
const COLUMNS = 3;
const PANEL = { width: 404, height: 262, gap: 22 };
const CELL = { width: 82, height: 52 };
const TITLE = 96;
const FOOT = 40;

/** Draws F1 by size and temperature for every algorithm; returns a PNG file. */
export async function plotAccuracy(scores: Scores): Promise<Uint8Array> {
  loadFont();
  const all = totals(scores);
  const lines = Math.ceil(ALGORITHM_NAMES.length / COLUMNS);
  const canvas = createCanvas(
    2 * MARGIN + COLUMNS * PANEL.width + (COLUMNS - 1) * PANEL.gap,
    TITLE + lines * (PANEL.height + PANEL.gap) + FOOT,
  );
  const context = canvas.getContext("2d");
  context.fillStyle = COLOURS.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  drawText(context, "Which fires are found", MARGIN, 46, { pixels: 28, weight: 700 });
  const scenes = scores.hotmap.length;
  drawText(
    context,
    `F1, and recall below it, by size and temperature of the fire; ${scenes} synthetic scenes a sensor`,
    MARGIN,
    72,
    { pixels: 15, colour: COLOURS.muted },
  );
  for (const [i, name] of ALGORITHM_NAMES.entries()) {
    const left = MARGIN + (i % COLUMNS) * (PANEL.width + PANEL.gap);
    const top = TITLE + Math.floor(i / COLUMNS) * (PANEL.height + PANEL.gap);
    drawPanel(context, { left, top }, name, all[name]);
  }
  drawText(
    context,
    "False alarms are shared out among the classes; what is found right beside a fire counts neither way.",
    MARGIN,
    canvas.height - 22,
    { pixels: 13, colour: COLOURS.muted },
  );
  return canvas.encode("png");
}

function drawPanel(
  context: SKRSContext2D,
  { left, top }: { left: number; top: number },
  name: AlgorithmName,
  score: Score,
): void {
  const { sensor, citation } = ALGORITHMS[name];
  const clear = summarise(score, { ...CLEAR_FIRES, spill: false });
  context.fillStyle = COLOURS.panel;
  context.beginPath();
  context.roundRect(left, top, PANEL.width, PANEL.height, 8);
  context.fill();
  drawText(context, name, left + 14, top + 26, { pixels: 17, weight: 700 });
  drawText(context, `${clear.f1.toFixed(2)}`, left + PANEL.width - 14, top + 26, {
    pixels: 17,
    weight: 700,
    align: "right",
  });
  const { title } = SENSORS[sensor];
  // Some are cited by their sensor's name.
  const about = citation.startsWith(title) ? citation : `${title} · ${citation}`;
  drawText(context, about, left + 14, top + 44, {
    pixels: 11.5,
    colour: COLOURS.muted,
  });
  const grid = { left: left + 62, top: top + 58 };
  for (const [a, area] of AREAS_M2.slice(0, -1).entries()) {
    // Large fires above.
    const y = grid.top + (AREAS_M2.length - 2 - a) * CELL.height;
    drawText(context, `${area}–${AREAS_M2[a + 1]}`, grid.left - 8, y + 24, {
      pixels: 11.5,
      colour: COLOURS.muted,
      align: "right",
    });
    drawText(context, "m²", grid.left - 8, y + 38, {
      pixels: 11.5,
      colour: COLOURS.muted,
      align: "right",
    });
    for (const k of KELVINS.slice(0, -1).keys()) {
      drawCell(context, grid.left + k * CELL.width, y, summariseCell(score, a, k));
    }
  }
  const below = grid.top + (AREAS_M2.length - 1) * CELL.height + 18;
  for (const [k, kelvin] of KELVINS.slice(0, -1).entries()) {
    drawText(context, `${kelvin}–${KELVINS[k + 1]} K`, grid.left + (k + 0.5) * CELL.width, below, {
      pixels: 11.5,
      colour: COLOURS.muted,
      align: "center",
    });
  }
  drawText(
    context,
    "top right: F1 of fires ≥ 50 m² at ≥ 800 K",
    left + 14,
    top + PANEL.height - 10,
    { pixels: 10.5, colour: COLOURS.muted },
  );
}

function drawCell(
  context: SKRSContext2D,
  x: number,
  y: number,
  { f1, recall, fires }: { f1: number; recall: number; fires: number },
): void {
  context.fillStyle = fires === 0 ? COLOURS.line : shade(f1);
  context.fillRect(x + 1, y + 1, CELL.width - 2, CELL.height - 2);
  if (fires === 0) return;
  const colour = f1 > 0.55 ? "#16110a" : COLOURS.text;
  const align = "center" as const;
  const middle = x + CELL.width / 2;
  drawText(context, f1.toFixed(2), middle, y + 25, { pixels: 17, weight: 700, colour, align });
  drawText(context, recall.toFixed(2), middle, y + 41, { pixels: 11.5, colour, align });
}

/** Colour of a value from 0 (dark) over red and orange to 1 (yellow). */
function shade(value: number): string {
  const stops = [
    [28, 24, 38],
    [122, 28, 48],
    [222, 86, 34],
    [255, 160, 32],
    [255, 226, 96],
  ] as const;
  const at = Math.min(0.9999, Math.max(0, value)) * (stops.length - 1);
  const from = stops[Math.floor(at)] ?? stops[0];
  const to = stops[Math.floor(at) + 1] ?? from;
  const mixed = from.map((c, i) => Math.round(c + ((to[i] ?? c) - c) * (at % 1)));
  return `rgb(${mixed.join(",")})`;
}
