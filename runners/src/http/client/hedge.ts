/** Answers that the delay is reckoned by. */
const SAMPLES = 128;
/** With fewer than so many, nothing is known. */
const LEAST_SAMPLES = 8;
/** Share of answers that are quicker than the delay. */
const QUANTILE = 0.9;
/** How much longer than those a task may take before a second host is asked. */
const FACTOR = 2;

/** When a second host is asked because the first takes long (Dean and Barroso, "The Tail at Scale", 2013). */
export interface HedgeDelay {
  note(latencyMs: number): void;
  /** How long to wait until a task of this age is looked at again, in milliseconds. While nothing is known, that may change soon. */
  waitMs(ageMs: number): number;
  /** Whether a task of this age takes long. */
  isLong(ageMs: number): boolean;
}

export function createHedgeDelay(leastMs: number): HedgeDelay {
  const samples: number[] = [];
  let next = 0;
  let ms: number | undefined;
  return {
    note(latencyMs) {
      samples[next] = latencyMs;
      next = (next + 1) % SAMPLES;
      // Sorted now and then: it is a rough measure.
      if (samples.length < LEAST_SAMPLES || next % LEAST_SAMPLES !== 0) return;
      const sorted = samples.toSorted((a, b) => a - b);
      ms = Math.max(leastMs, FACTOR * (sorted[Math.floor(QUANTILE * sorted.length)] ?? 0));
    },
    waitMs(ageMs) {
      // Twice as late each time: tasks that take minutes are not looked at all the time.
      if (ms === undefined) return Math.max(1, leastMs, ageMs);
      return ageMs < ms ? Math.ceil(ms - ageMs) : Math.max(1, ms);
    },
    isLong: (ageMs) => ms !== undefined && ageMs >= ms,
  };
}
