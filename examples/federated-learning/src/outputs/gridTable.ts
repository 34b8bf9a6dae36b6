import { formatTable } from "@assay/devnet";
import { attackLabel } from "../attacks/attacks.ts";
import type { GridCell } from "../grid/grid.ts";

/** Smaller differences in accuracy may come from the seeds alone. */
const CLEAR_DIFFERENCE = 0.01;

/** Table of accuracy by rule and attack. `<` marks a rule that is clearly worse than the plain mean. */
export function formatGrid(cells: readonly GridCell[]): string {
  const attacks = [...new Set(cells.map(({ attack }) => attack))];
  const aggregators = [...new Set(cells.map(({ aggregator }) => aggregator))];
  const at = (aggregator: string, attack: string) =>
    cells.find((cell) => cell.aggregator === aggregator && cell.attack === attack);
  const rows = aggregators.map((aggregator) => {
    const accuracies = attacks.map((attack) => at(aggregator, attack)?.accuracy ?? 0);
    const cellsOf = attacks.map((attack) => {
      const cell = at(aggregator, attack);
      const mark = cell !== undefined && losesToMean(cell, at("mean", attack)) ? "<" : " ";
      return `${(cell?.accuracy ?? 0).toFixed(3)}${mark}`;
    });
    return [aggregator, ...cellsOf, `${Math.min(...accuracies).toFixed(3)} `];
  });
  return formatTable(["aggregator", ...attacks.map(attackLabel), "worst"], rows);
}

/** One sentence for each rule and attack where the rule is clearly worse than the plain mean, the worst first. */
export function describeLosses(cells: readonly GridCell[]): string[] {
  const losses = cells.flatMap((cell) => {
    const mean = cells.find((c) => c.aggregator === "mean" && c.attack === cell.attack);
    return mean !== undefined && losesToMean(cell, mean)
      ? [{ ...cell, mean: mean.accuracy, lost: mean.accuracy - cell.accuracy }]
      : [];
  });
  return losses
    .toSorted((a, b) => b.lost - a.lost)
    .map(
      ({ aggregator, attack, accuracy, mean }) =>
        `${aggregator} loses to the mean ${attack === "none" ? "without attack" : `under ${attackLabel(attack)}`}: ${accuracy.toFixed(3)} against ${mean.toFixed(3)}`,
    );
}

export function losesToMean(
  { aggregator, accuracy }: GridCell,
  mean: GridCell | undefined,
): boolean {
  return aggregator !== "mean" && mean !== undefined && mean.accuracy - accuracy > CLEAR_DIFFERENCE;
}
