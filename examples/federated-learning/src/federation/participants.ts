import type { Random } from "../random/random.ts";

/**
 * Draws clients for a round without putting any back, each time with a chance in proportion to its weight (Efraimidis and Spirakis
 * 2006 by repeated drawing). Sorted.
 */
export function chooseParticipants(
  weights: readonly number[],
  count: number,
  random: Random,
): number[] {
  const left = new Map(weights.entries());
  const chosen: number[] = [];
  while (chosen.length < count && left.size > 0) {
    let at = random.next() * left.values().reduce((sum, weight) => sum + weight, 0);
    let taken: number | undefined;
    for (const [client, weight] of left) {
      taken = client;
      at -= weight;
      if (at < 0) break;
    }
    if (taken === undefined) break;
    left.delete(taken);
    chosen.push(taken);
  }
  return chosen.toSorted((a, b) => a - b);
}

/** Every client by itself with probability `rate` (Poisson sampling), as the accountant of {@link epsilon} supposes. At least one. */
export function choosePoisson(clients: number, rate: number, random: Random): number[] {
  for (;;) {
    const chosen = Array.from({ length: clients }, (_, i) => i).filter(() => random.next() < rate);
    if (chosen.length > 0) return chosen;
  }
}
