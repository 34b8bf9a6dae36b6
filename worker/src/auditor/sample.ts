import { randomInt } from "node:crypto";

/** Some of the tasks `first … first + count − 1`, at least one, which nobody can foresee. In order. */
export function sampleTasks(
  { first, count }: { first: number; count: number },
  rate: number,
): number[] {
  const size = Math.min(count, Math.max(1, Math.round(count * rate)));
  const chosen = new Set<number>();
  // Floyd's algorithm: every subset of this size is as likely as any other.
  for (let last = count - size; last < count; last++) {
    const candidate = randomInt(last + 1);
    chosen.add(chosen.has(candidate) ? last : candidate);
  }
  return [...chosen].sort((a, b) => a - b).map((index) => first + index);
}
