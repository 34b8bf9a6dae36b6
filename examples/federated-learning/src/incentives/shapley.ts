import type { Random } from "../random/random.ts";

/** Gives the value of a set of players, in any unit. The functions of this file call it at most once a set. */
export type Utility = (players: readonly number[]) => number;

/** The same utility, which remembers the value of each set, whatever the order of its players. */
export function remembered(utility: Utility): Utility {
  const known = new Map<string, number>();
  return (players) => {
    const sorted = players.toSorted((a, b) => a - b);
    const key = sorted.join();
    const value = known.get(key) ?? utility(sorted);
    known.set(key, value);
    return value;
  };
}

/** Leave-one-out values v(N) − v(N without i) of the players 0 … n − 1, by n + 1 evaluations. */
export function leaveOneOut(n: number, utility: Utility): number[] {
  const all = Array.from({ length: n }, (_, i) => i);
  const whole = utility(all);
  return all.map((i) => whole - utility(all.filter((j) => j !== i)));
}

/** Players beyond which 2^n evaluations are too many. */
const MAX_EXACT = 16;

/** Shapley values by their definition: sum over sets S of |S|! (n − |S| − 1)! / n! · (v(S + i) − v(S)). */
export function exactShapley(n: number, utility: Utility): number[] {
  if (n > MAX_EXACT) throw new RangeError(`${n} players have too many sets: use gtgShapley`);
  const values = new Array<number>(n).fill(0);
  const factorial = (k: number): number => (k < 2 ? 1 : k * factorial(k - 1));
  const v = remembered(utility);
  for (let set = 0; set < 1 << n; set++) {
    const members = Array.from({ length: n }, (_, i) => i).filter((i) => (set & (1 << i)) !== 0);
    const weight = (factorial(members.length) * factorial(n - members.length - 1)) / factorial(n);
    for (let i = 0; i < n; i++) {
      if ((set & (1 << i)) === 0) {
        values[i] = (values[i] ?? 0) + weight * (v([...members, i]) - v(members));
      }
    }
  }
  return values;
}

export interface GtgOptions {
  random: Random;
  /** All values are 0 in a round that changed the value of the set of all players by no more than this. Default: 0.01. */
  roundThreshold?: number;
  /** A permutation is cut short once its value differs by less than this from that of all players. Default: 0.001. */
  permutationThreshold?: number;
  /** Values have converged when they changed by less than this share over the last 10 passes. Default: 0.05. */
  convergence?: number;
  /** Minimum number of permutations. Default: max(30, n). */
  minPermutations?: number;
  /** Maximum number of permutations. Default: 50 · minPermutations. */
  maxPermutations?: number;
}

const WINDOW = 10;

/**
 * Guided truncated gradient Shapley (Liu, Chen, Yu, Liu, Cui 2022): a mean over permutations in which every player leads in turn, each
 * cut short once its value is that of all players.
 */
export function gtgShapley(
  n: number,
  utility: Utility,
  {
    random,
    roundThreshold = 0.01,
    permutationThreshold = 0.001,
    convergence = 0.05,
    minPermutations = Math.max(30, n),
    maxPermutations = 50 * minPermutations,
  }: GtgOptions,
): { values: number[]; permutations: number } {
  const v = remembered(utility);
  const all = Array.from({ length: n }, (_, i) => i);
  const whole = v(all);
  const nothing = v([]);
  if (n === 0 || Math.abs(whole - nothing) <= roundThreshold) {
    return { values: all.map(() => 0), permutations: 0 };
  }
  const sums = new Array<number>(n).fill(0);
  const history: number[][] = [];
  let permutations = 0;
  while (permutations < maxPermutations) {
    for (const leader of all) {
      const order = [leader, ...random.shuffle(all.filter((i) => i !== leader))];
      let before = nothing;
      for (const [k, i] of order.entries()) {
        if (Math.abs(whole - before) < permutationThreshold) break;
        const worth = v(order.slice(0, k + 1));
        sums[i] = (sums[i] ?? 0) + worth - before;
        before = worth;
      }
      permutations += 1;
    }
    const values = sums.map((sum) => sum / permutations);
    history.push(values);
    if (permutations >= minPermutations && hasConverged(history, convergence)) break;
  }
  return { values: sums.map((sum) => sum / permutations), permutations };
}

function hasConverged(history: readonly number[][], convergence: number): boolean {
  const now = history.at(-1);
  const then = history.at(-1 - WINDOW);
  if (now === undefined || then === undefined) return false;
  const size = now.reduce((sum, value) => sum + Math.abs(value), 0);
  const moved = now.reduce((sum, value, i) => sum + Math.abs(value - (then[i] ?? 0)), 0);
  return moved <= convergence * size;
}
