import type { ClientReport } from "../aggregate/aggregation.ts";

export interface Suspect {
  client: number;
  reason: "not-finite" | "far" | "opposed";
}

/** So many times the median distance from the aggregate is far. */
const FAR = 3;

/**
 * Who is suspected in a round, from what the aggregation says of each and from whether an update points against the aggregate. A sign, and
 * no proof: with non-IID data an honest client can be far from all others.
 * @param cosines - between each client's update and the aggregate, by client.
 */
export function suspectsOf(
  reports: readonly ClientReport[],
  cosines: ReadonlyMap<number, number>,
): Suspect[] {
  const distances = reports
    .filter(({ verdict }) => verdict !== "not-finite")
    .map(({ distance }) => distance)
    .toSorted((a, b) => a - b);
  const median = distances[Math.floor(distances.length / 2)] ?? 0;
  return reports.flatMap(({ client, verdict, distance }): Suspect[] => {
    if (verdict === "not-finite") return [{ client, reason: "not-finite" }];
    if (distance > FAR * median) return [{ client, reason: "far" }];
    return (cosines.get(client) ?? 0) < OPPOSED ? [{ client, reason: "opposed" }] : [];
  });
}

/** Honest updates of non-IID clients are at angles to each other, and seldom point this far back. */
const OPPOSED = -0.2;

/** Of two vectors; 0 if one has no length. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let dot = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] ?? 0;
    const y = b[i] ?? 0;
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? dot / Math.sqrt(aa * bb) : 0;
}
