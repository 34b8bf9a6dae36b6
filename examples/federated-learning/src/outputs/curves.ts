import { COLOURS } from "../../../shared/src/drawing/theme.ts";
import type { RoundReport } from "../federation/training.ts";
import type { Comparison } from "../grid/comparison.ts";
import type { PlotLine } from "./terminalPlot.ts";

/** A line of the plot of one training, on the terminal and in a picture. */
export interface Curve extends PlotLine {
  /** Colour in a picture. */
  hex: string;
}

/** The training and those it is compared with, up to the round that the training has reached; the training last. */
export function trainingCurves(
  rounds: readonly RoundReport[],
  comparison: Comparison | undefined,
  aggregator: string,
): Curve[] {
  const upToNow = (curve: readonly { accuracy: number }[] | undefined) =>
    (curve ?? []).slice(0, rounds.length).map(({ accuracy }) => accuracy);
  const all: (Curve | undefined)[] = [
    comparison?.plainMean && {
      ...{ name: "plain mean, under attack", mark: "×", colour: 31, hex: COLOURS.false },
      values: upToNow(comparison.plainMean.curve),
    },
    comparison?.attackFree && {
      ...{ name: "plain mean, nobody lies", mark: "○", colour: 36, hex: COLOURS.muted },
      values: upToNow(comparison.attackFree.curve),
    },
    {
      ...{ name: aggregator, mark: "●", colour: 32, hex: COLOURS.fire },
      values: upToNow(rounds),
    },
  ];
  return all.filter((curve) => curve !== undefined);
}
