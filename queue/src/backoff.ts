/** The pauses between attempts after failures. */
export interface Backoff {
  /** After the first failure, in milliseconds. */
  firstMs: number;
  /** The pause is multiplied by this with each failure that follows. Default: 2. */
  factor?: number | undefined;
  /** No pause is longer, in milliseconds. Default: 5 minutes. */
  longestMs?: number | undefined;
  /** Share of the pause, 0 to 1, that is left to chance, so that what failed together is not tried together. Default: 0.5. */
  jitter?: number | undefined;
}

const DEFAULTS = { factor: 2, longestMs: 5 * 60_000, jitter: 0.5 };

/** The pause after the `failures`-th failure (1, 2, …), in whole milliseconds. */
export function backoffMs(
  { firstMs, ...given }: Backoff,
  failures: number,
  random: () => number = Math.random,
): number {
  const factor = given.factor ?? DEFAULTS.factor;
  const longestMs = given.longestMs ?? DEFAULTS.longestMs;
  const jitter = given.jitter ?? DEFAULTS.jitter;
  const full = Math.min(firstMs * factor ** (failures - 1), longestMs);
  return Math.round(full * (1 - jitter * random()));
}
