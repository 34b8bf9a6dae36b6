/**
 * Chooses some of the tasks `first … first + count − 1`, at least one. The choice is unpredictable: a worker that could predict it would
 * compute only those tasks. The tasks come in order. By Floyd's algorithm every subset of the size is equally likely.
 * @param rate - share of the tasks, above 0 and at most 1.
 */
export function sampleTasks(
  { first, count }: { first: number; count: number },
  rate: number,
): number[] {
  const size = Math.min(count, Math.max(1, Math.round(count * rate)));
  const chosen = new Set<number>();
  for (let last = count - size; last < count; last++) {
    const candidate = randomBelow(last + 1);
    chosen.add(chosen.has(candidate) ? last : candidate);
  }
  return [...chosen].sort((a, b) => a - b).map((index) => first + index);
}

const WORD = 2 ** 32;

/** A whole number from 0 to `limit` − 1, for limits up to 2³², by the system's own randomness. */
function randomBelow(limit: number): number {
  // Numbers from the last, incomplete run of `limit` would make the low ones likelier.
  const bound = WORD - (WORD % limit);
  const word = new Uint32Array(1);
  for (;;) {
    const [candidate = 0] = crypto.getRandomValues(word);
    if (candidate < bound) return candidate % limit;
  }
}
