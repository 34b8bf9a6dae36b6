import type { AbortOptions } from "@assay/sdk";
import { parseRule } from "../aggregate/rules.ts";
import { ATTACKS, type AttackName } from "../attacks/attacks.ts";
import type { FederationOptions } from "../federation/options.ts";
import type { HoldOut } from "../federation/prepare.ts";
import type { Threads } from "./threads.ts";

/** The eight rules that fit 15 clients of whom 4 are Byzantine; Bulyan needs 19. */
export const GRID_RULES = [
  "mean",
  "median",
  "trimmed-mean",
  "krum",
  "multi-krum",
  "geometric-median",
  "centered-clipping",
  "nnm+trimmed-mean",
] as const;

export interface GridCell {
  aggregator: string;
  attack: AttackName;
  /** Mean over the seeds. */
  accuracy: number;
  bySeed: number[];
  curve: { round: number; accuracy: number }[];
  /** Rounds in which there was no aggregate, over all seeds. */
  failedRounds: number;
}

export interface GridOptions extends AbortOptions {
  base: Omit<FederationOptions, "seed" | "attack" | "rule">;
  /** Number of Byzantine clients that the rules assume. */
  f: number;
  seeds: readonly number[];
  aggregators?: readonly string[];
  attacks?: readonly AttackName[];
  holdOut: HoldOut;
  /** Rounds between two points of a curve. */
  every: number;
  onProgress?: (done: number, of: number) => void;
}

/** Trains with every rule under every attack, each with every seed. */
export async function runGrid(
  threads: Threads,
  {
    base,
    f,
    seeds,
    aggregators = GRID_RULES,
    attacks = ATTACKS,
    holdOut,
    every,
    onProgress,
    signal,
  }: GridOptions,
): Promise<GridCell[]> {
  let done = 0;
  const of = aggregators.length * attacks.length * seeds.length;
  const rules = aggregators.map((aggregator) => {
    const rule = parseRule(aggregator);
    if (rule === undefined) throw new RangeError(`there is no rule "${aggregator}"`);
    return { aggregator, rule };
  });
  const cells = rules.flatMap(({ aggregator, rule }) => {
    return attacks.map(async (attack): Promise<GridCell> => {
      const runs = await Promise.all(
        seeds.map(async (seed) => {
          const options = { ...base, seed, attack, rule: { ...rule, f } };
          const result = await threads.cell(options, { every, holdOut, signal });
          onProgress?.(++done, of);
          return result;
        }),
      );
      const mean = (values: readonly number[]) =>
        values.reduce((sum, value) => sum + value, 0) / values.length;
      return {
        aggregator,
        attack,
        accuracy: mean(runs.map(({ accuracy }) => accuracy)),
        bySeed: runs.map(({ accuracy }) => accuracy),
        curve: (runs[0]?.curve ?? []).map(({ round }, i) => ({
          round,
          accuracy: mean(runs.map(({ curve }) => curve[i]?.accuracy ?? 0)),
        })),
        failedRounds: runs.reduce((sum, { failedRounds }) => sum + failedRounds, 0),
      };
    });
  });
  return Promise.all(cells);
}

/** `grid[aggregator][attack]` = accuracy. */
export function gridByName(cells: readonly GridCell[]): Record<string, Record<string, number>> {
  const grid: Record<string, Record<string, number>> = {};
  for (const { aggregator, attack, accuracy } of cells) {
    grid[aggregator] = { ...grid[aggregator], [attack]: Math.round(accuracy * 1e4) / 1e4 };
  }
  return grid;
}
