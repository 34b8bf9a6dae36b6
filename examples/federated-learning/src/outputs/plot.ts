import { createCanvas, type SKRSContext2D } from "@napi-rs/canvas";
import { drawText } from "../../../shared/src/drawing/drawText.ts";
import { COLOURS, loadFont } from "../../../shared/src/drawing/theme.ts";
import { attackLabel } from "../attacks/attacks.ts";
import type { GridCell } from "../grid/grid.ts";
import { losesToMean } from "./gridTable.ts";

const LINES = [
  "#ffd21f",
  "#35d6ff",
  "#4bd670",
  "#ff4fd8",
  "#b48cff",
  "#ff8a3d",
  "#9aa7b6",
  "#f2f5f8",
] as const;

const CELL = { width: 92, height: 34 };
const LEFT = 190;
const MARGIN = 28;
const TITLE = 84;
const CHART = { width: 179, height: 130, gap: 30 };
const MOST_COLUMNS = 5;

/** Draws the grid as a coloured table, and below it a chart of accuracy by round for each attack; returns a PNG file. */
export async function plotGrid(cells: readonly GridCell[], subtitle: string): Promise<Uint8Array> {
  loadFont();
  const attacks = [...new Set(cells.map(({ attack }) => attack))];
  const aggregators = [...new Set(cells.map(({ aggregator }) => aggregator))];
  const columns = Math.min(MOST_COLUMNS, attacks.length);
  const chartRows = Math.ceil(attacks.length / columns);
  const tableHeight = CELL.height * (aggregators.length + 1);
  const width =
    2 * MARGIN +
    Math.max(LEFT + CELL.width * attacks.length, columns * (CHART.width + CHART.gap) - CHART.gap);
  const chartsTop = TITLE + tableHeight + 48;
  const canvas = createCanvas(width, chartsTop + chartRows * (CHART.height + 52) + MARGIN);
  const context = canvas.getContext("2d");
  context.fillStyle = COLOURS.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  drawText(context, "Accuracy by attack and aggregator", MARGIN, 40, { pixels: 25, weight: 700 });
  drawText(context, subtitle, MARGIN, 63, { pixels: 14, colour: COLOURS.muted });

  const at = (aggregator: string, attack: string) =>
    cells.find((cell) => cell.aggregator === aggregator && cell.attack === attack);
  for (const [i, attack] of attacks.entries()) {
    const x = MARGIN + LEFT + (i + 0.5) * CELL.width;
    // The source, where there is one, stands below the name.
    const lines = attackLabel(attack).split(" ");
    for (const [line, words] of lines.entries()) {
      const y = TITLE + 22 - 15 * (lines.length - 1 - line);
      drawText(context, words, x, y, { pixels: 13, colour: COLOURS.muted, align: "center" });
    }
  }
  for (const [row, aggregator] of aggregators.entries()) {
    const y = TITLE + CELL.height * (row + 1);
    context.fillStyle = LINES[row % LINES.length] ?? COLOURS.text;
    context.fillRect(MARGIN, y + 11, 12, 12);
    drawText(context, aggregator, MARGIN + 22, y + 22, { pixels: 14 });
    for (const [column, attack] of attacks.entries()) {
      const cell = at(aggregator, attack);
      if (cell === undefined) continue;
      const x = MARGIN + LEFT + column * CELL.width;
      context.fillStyle = shade(cell.accuracy);
      context.fillRect(x + 1, y + 1, CELL.width - 2, CELL.height - 2);
      const loses = losesToMean(cell, at("mean", attack));
      const label = `${cell.accuracy.toFixed(3)}${loses ? " <" : ""}`;
      drawText(context, label, x + CELL.width / 2, y + 22, {
        pixels: 14,
        weight: 700,
        align: "center",
      });
    }
  }
  const note = "<  clearly below the plain mean under the same attack";
  drawText(context, note, MARGIN, chartsTop - 22, { pixels: 12, colour: COLOURS.muted });
  for (const [i, attack] of attacks.entries()) {
    const x = MARGIN + (i % columns) * (CHART.width + CHART.gap);
    const y = chartsTop + Math.floor(i / columns) * (CHART.height + 52);
    drawChart(
      context,
      { x, y, title: attackLabel(attack) },
      aggregators.map((aggregator) => at(aggregator, attack)?.curve ?? []),
    );
  }
  return canvas.encode("png");
}

function drawChart(
  context: SKRSContext2D,
  { x, y, title }: { x: number; y: number; title: string },
  curves: readonly GridCell["curve"][],
): void {
  const top = y + 20;
  drawText(context, title, x, y + 12, { pixels: 13, weight: 700 });
  context.fillStyle = COLOURS.panel;
  context.fillRect(x, top, CHART.width, CHART.height);
  context.lineWidth = 1;
  context.strokeStyle = COLOURS.line;
  for (const level of [0.25, 0.5, 0.75]) {
    context.beginPath();
    context.moveTo(x, top + CHART.height * (1 - level));
    context.lineTo(x + CHART.width, top + CHART.height * (1 - level));
    context.stroke();
    const label = { pixels: 10, colour: COLOURS.muted, align: "right" } as const;
    drawText(context, String(level), x - 4, top + CHART.height * (1 - level) + 4, label);
  }
  const rounds = Math.max(1, ...curves.flatMap((curve) => curve.map(({ round }) => round)));
  context.lineWidth = 1.6;
  for (const [i, curve] of curves.entries()) {
    context.strokeStyle = LINES[i % LINES.length] ?? COLOURS.text;
    context.beginPath();
    for (const { round, accuracy } of curve) {
      context.lineTo(x + (CHART.width * round) / rounds, top + CHART.height * (1 - accuracy));
    }
    context.stroke();
  }
  const foot = top + CHART.height + 13;
  drawText(context, "round 0", x, foot, { pixels: 10, colour: COLOURS.muted });
  const last = { pixels: 10, colour: COLOURS.muted, align: "right" } as const;
  drawText(context, String(rounds), x + CHART.width, foot, last);
}

/** Colour of an accuracy, from red (0.4) to green (0.95). */
function shade(accuracy: number): string {
  const good = Math.max(0, Math.min(1, (accuracy - 0.4) / 0.55));
  return `hsl(${Math.round(good * 130)}, 45%, ${Math.round(26 + good * 6)}%)`;
}
