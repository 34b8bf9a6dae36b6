/** What the network said of a sample, and what is true. */
export interface Judged {
  /** The logarithm of the odds in 1/128. */
  output: number;
  burns: boolean;
}

export interface Calibration {
  /** The least output of a fire. */
  threshold: number;
  /** The least output of each whole percentage from 1 to 99. */
  percents: readonly number[];
}

/** No output reaches a percentage that no samples have. */
const NEVER = 0x7fff_ffff;

/**
 * Fits a probability that rises with the output to samples, by pooling neighbours until it does (isotonic regression, Zadrozny & Elkan 2002), and
 * finds the threshold with the best F1.
 * @param fires - all fires there are, those included that are not among the samples.
 */
export function calibrate(judged: readonly Judged[], fires: number): Calibration {
  const rising = judged.toSorted((p, q) => p.output - q.output);
  const pools = poolViolators(rising);
  const percents = Array.from({ length: 99 }, (_, i) => {
    const reached = pools.find(({ burning, count }) => 100 * burning >= (i + 1) * count);
    return reached?.output ?? NEVER;
  });
  return { threshold: bestThreshold(rising.toReversed(), fires), percents };
}

/** Samples whose share of fires stands for all of them. */
interface Pool {
  /** The least of their outputs. */
  output: number;
  count: number;
  burning: number;
}

/** Pools samples in the order of their outputs until no pool has a smaller share of fires than the one before it. */
function poolViolators(rising: readonly Judged[]): Pool[] {
  // Equal outputs cannot be told apart.
  const equal: Pool[] = [];
  for (const { output, burns } of rising) {
    let last = equal.at(-1);
    if (last?.output !== output) {
      last = { output, count: 0, burning: 0 };
      equal.push(last);
    }
    last.count++;
    last.burning += Number(burns);
  }
  const pools: Pool[] = [];
  for (const next of equal) {
    for (let before = pools.at(-1); before !== undefined; before = pools.at(-1)) {
      if (before.burning * next.count <= next.burning * before.count) break;
      pools.pop();
      next.output = before.output;
      next.count += before.count;
      next.burning += before.burning;
    }
    pools.push(next);
  }
  return pools;
}

/** @param sorted - the largest output first. */
function bestThreshold(sorted: readonly Judged[], fires: number): number {
  let found = 0;
  let best = { f1: 0, threshold: 0 };
  for (const [n, { output, burns }] of sorted.entries()) {
    if (burns) found++;
    if (sorted[n + 1]?.output === output) continue;
    const f1 = (2 * found) / (n + 1 + fires);
    if (f1 > best.f1) best = { f1, threshold: output };
  }
  return best.threshold;
}
