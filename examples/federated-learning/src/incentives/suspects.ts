import type { ClientReport } from "../aggregate/aggregation.ts";

export interface Suspect {
  client: number;
  reason: "not-finite" | "far" | "opposed";
}

/** An update is far if its distance from the aggregate is more than this many times the median distance. */
const FAR = 3;

/**
 * Finds the clients whose update is not finite, far from the aggregate, or opposed to it. This is a sign and no proof: with non-IID
 * data an honest client can be far from all others.
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

/** An update is opposed if its cosine is below this. Honest updates of non-IID clients seldom are. */
const OPPOSED = -0.2;

/** Cosine of the angle between two vectors; 0 if one of them is 0. */
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
