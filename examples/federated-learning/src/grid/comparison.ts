import type { AbortOptions } from "@assay/sdk";
import type { FederationOptions } from "../federation/options.ts";
import type { CellResult } from "./cell.ts";
import type { Threads } from "./threads.ts";

/** Trainings beside which one is shown. */
export interface Comparison {
  /** The plain mean when all clients are honest: as good as it gets. Undefined where that is the training itself. */
  attackFree: CellResult | undefined;
  /** The plain mean under the same attack. Undefined where that is the training itself. */
  plainMean: CellResult | undefined;
}

/**
 * Trains the same federation by the plain mean, without and under attack. All its clients have equal chances to take part: a server that takes
 * the mean has no opinion of them.
 */
export async function compare(
  threads: Threads,
  options: FederationOptions,
  { holdOut, signal }: { holdOut: "validation" | "test" } & AbortOptions,
): Promise<Comparison> {
  const { rule, attack } = options;
  const isMean = rule.rule === "mean" && (rule.before ?? []).length === 0;
  const train = (changes: Partial<FederationOptions>) =>
    threads.cell(
      { ...options, rule: { rule: "mean", f: 0 }, ...changes },
      { every: 1, holdOut, signal },
    );
  const [attackFree, plainMean] = await Promise.all([
    isMean && attack === "none" ? undefined : train({ attack: "none" }),
    isMean || attack === "none" ? undefined : train({}),
  ]);
  return { attackFree, plainMean };
}
