import type { RoundReport } from "../federation/training.ts";
import type { Comparison } from "../grid/comparison.ts";
import { type Bars, createBars } from "../outputs/bars.ts";
import { trainingCurves } from "../outputs/curves.ts";
import { drawPlot } from "../outputs/terminalPlot.ts";

/** What a person sees while a training runs: a line for each round, a plot that grows, and bars. */
export interface TrainingView {
  bars: Bars;
  /** Adds a round. */
  round(report: RoundReport): void;
  /** Adds the trainings to compare with, once they are known. */
  compare(comparison: Comparison): void;
}

export function createTrainingView(
  stream: NodeJS.WriteStream,
  { rounds, aggregator }: { rounds: number; aggregator: string },
): TrainingView {
  const bars = createBars(stream);
  const reports: RoundReport[] = [];
  let comparison: Comparison | undefined;
  const colours = stream.isTTY && stream.hasColors();
  const show = () => {
    const curves = trainingCurves(reports, comparison, aggregator);
    bars.picture(drawPlot(curves, { rounds, colours }));
  };
  return {
    bars,
    round(report) {
      reports.push(report);
      bars.note(describeRound(report, rounds));
      show();
    },
    compare(found) {
      comparison = found;
      show();
    },
  };
}

function describeRound(
  { round, accuracy, suspects, error, participants }: RoundReport,
  of: number,
): string {
  const doubts = suspects.map(({ client, reason }) => `${client} (${reason})`).join(", ");
  const what =
    error === undefined
      ? `accuracy ${accuracy.toFixed(3)}`
      : `no aggregate (${error}), the model stays as it was`;
  return `  round ${String(round).padStart(String(of).length)}/${of}: ${participants.length} clients, ${what}${doubts === "" ? "" : `; suspected: ${doubts}`}`;
}
