/** The rules, by the numbers they have on the wire. */
export const RULES = {
  rows: 0,
  mean: 1,
  "weighted-mean": 2,
  median: 3,
  "trimmed-mean": 4,
  "mean-around-median": 5,
  "mean-around-reference": 6,
  krum: 7,
  "multi-krum": 8,
  "minimum-diameter": 9,
  "geometric-median": 10,
  "centered-clipping": 11,
  bulyan: 12,
} as const;

export type RuleName = keyof typeof RULES;

/** Steps that may precede a rule, in this order, by their bits on the wire. */
export const PREPARATIONS = { clip: 1, arc: 2, nnm: 4 } as const;

export type PreparationName = keyof typeof PREPARATIONS;

/** The definition that applies where implementations differ from the papers. */
export const VARIANTS = { paper: 0, flower: 1, byzfl: 2 } as const;

export type Variant = keyof typeof VARIANTS;

export interface RuleOptions {
  rule: RuleName;
  /** Default: none. */
  before?: readonly PreparationName[];
  /** Maximum number of Byzantine clients that the rule has to withstand. A whole number, because a share of n would be rounded. Default: 0. */
  f?: number;
  /**
   * `paper` (default): Krum sums over n − f − 2 neighbours, Bulyan picks one update after another, preconditions are those of
   * the papers, ties go to the lower hash. `flower`: max(1, n − f − 2) neighbours, no precondition for Krum, Bulyan picks all
   * at once. `byzfl`: n − f − 1 neighbours, 2f < n. In both of these, ties go to the first client.
   */
  variant?: Variant;
  /** Updates that Multi-Krum averages (default n − f); values that `mean-around-reference` averages. */
  m?: number;
  /** Radius of centered clipping. Default: 1. */
  tau?: number;
  /** Maximum Euclidean norm of an update after `clip`. */
  clip?: number;
  /**
   * Smoothing of the geometric median: weights are 1 / max(nu, distance). Default: a millionth of the median distance of the updates
   * from the median of each coordinate.
   */
  nu?: number;
  /**
   * The geometric median has converged when the mean of the unit vectors towards the updates is no longer than this. 0 makes all
   * iterations. Default: 1e-7.
   */
  tolerance?: number;
  /** Maximum steps of the geometric median (default 100,000); passes of centered clipping (default 1). */
  iterations?: number;
  /**
   * The point at which iterations begin, and the centre of `mean-around-reference`. Default: the median of each coordinate; 0 for
   * centered clipping.
   */
  reference?: Float64Array | undefined;
}

/** `nnm+trimmed-mean` → nearest-neighbour mixing, then the trimmed mean; undefined if there is no such rule. */
export function parseRule(name: string): { rule: RuleName; before: PreparationName[] } | undefined {
  const parts = name.split("+");
  const rule = parts.pop() ?? "";
  if (!Object.hasOwn(RULES, rule) || !parts.every((part) => Object.hasOwn(PREPARATIONS, part))) {
    return undefined;
  }
  return { rule: rule as RuleName, before: parts as PreparationName[] };
}

/** Minimum number of clients for which the rule withstands `f` Byzantine ones. */
export function minimumClients(rule: RuleName, f: number): number {
  switch (rule) {
    case "mean":
    case "weighted-mean":
    case "rows":
    case "mean-around-reference":
      return f + 1;
    case "krum":
    case "multi-krum":
      return 2 * f + 3;
    case "bulyan":
      return 4 * f + 3;
    default:
      return 2 * f + 1;
  }
}
