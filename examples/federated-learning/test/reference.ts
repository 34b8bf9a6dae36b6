import { createHash } from "node:crypto";
import type { ClientUpdate } from "../src/aggregate/aggregation.ts";
import type { RuleOptions } from "../src/aggregate/rules.ts";

// The rules once more, from their definitions and as plainly as can be: nothing here is shared with the program. Sums are made
// in the order that the program documents, so that both have to agree to the bit.

type Row = readonly number[];

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const ascending = (values: readonly number[]) => values.toSorted((a, b) => a - b);
const squared = (a: Row, b: Row) => a.reduce((total, x, i) => total + (x - (b[i] ?? 0)) ** 2, 0);
const distance = (a: Row, b: Row) => Math.sqrt(squared(a, b));
const column = (rows: readonly Row[], c: number) => rows.map((row) => row[c] ?? 0);

/** The finite updates by content: hash, then weight, then client. */
export function sorted(updates: readonly ClientUpdate[]): ClientUpdate[] {
  const hash = ({ values }: ClientUpdate) =>
    createHash("sha256")
      .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
      .digest("hex");
  return updates
    .filter(({ values }) => values.every(Number.isFinite))
    .map((update) => ({ update, hash: hash(update) }))
    .toSorted(
      (a, b) =>
        (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0) ||
        (a.update.weight ?? 1) - (b.update.weight ?? 1) ||
        a.update.client - b.update.client,
    )
    .map(({ update }) => update);
}

function weightedMean(rows: readonly Row[], weights: readonly number[]): number[] {
  const total = sum(weights);
  return (rows[0] ?? []).map(
    (_, c) => sum(column(rows, c).map((value, i) => (weights[i] ?? 0) * value)) / total,
  );
}

const mean = (rows: readonly Row[]) =>
  weightedMean(
    rows,
    rows.map(() => 1),
  );

function medianOf(values: readonly number[]): number {
  const s = ascending(values);
  const half = s.length / 2;
  return s.length % 2 === 1
    ? (s[Math.floor(half)] ?? 0)
    : ((s[half - 1] ?? 0) + (s[half] ?? 0)) / 2;
}

/** The mean, from the smallest on, of the `count` values nearest to `centre`; of two equally near ones the smaller. */
function meanAround(values: readonly number[], centre: number, count: number): number {
  const nearest = values
    .toSorted((a, b) => Math.abs(a - centre) - Math.abs(b - centre) || a - b)
    .slice(0, count);
  return sum(ascending(nearest)) / count;
}

const byColumn = (rows: readonly Row[], rule: (values: number[]) => number) =>
  (rows[0] ?? []).map((_, c) => rule(column(rows, c)));

export function krumScore(rows: readonly Row[], i: number, neighbours: number): number {
  const others = rows.filter((_, j) => j !== i).map((row) => squared(rows[i] ?? [], row));
  return sum(ascending(others).slice(0, neighbours));
}

/** Positions by rising score; ties stay in order. */
function ranking(rows: readonly Row[], neighbours: number): number[] {
  const scores = rows.map((_, i) => krumScore(rows, i, neighbours));
  return rows.map((_, i) => i).toSorted((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0) || a - b);
}

const clampNeighbours = (n: number, f: number) => Math.max(Math.min(1, n - 1), n - f - 2);

function bulyanPicks(rows: readonly Row[], f: number): number[] {
  let left = rows.map((_, i) => i);
  const picks: number[] = [];
  for (let k = 0; k < rows.length - 2 * f; k++) {
    const candidates = left.map((i) => rows[i] ?? []);
    const [best = 0] = ranking(candidates, clampNeighbours(left.length, f));
    picks.push(left[best] ?? 0);
    left = left.filter((_, i) => i !== best);
  }
  return picks.toSorted((a, b) => a - b);
}

function subsets(n: number, size: number, from = 0): number[][] {
  if (size === 0) return [[]];
  return Array.from({ length: Math.max(0, n - from - size + 1) }, (_, k) => from + k).flatMap(
    (first) => subsets(n, size - 1, first + 1).map((rest) => [first, ...rest]),
  );
}

function leastDiameter(rows: readonly Row[], size: number): Row[] {
  const diameter = (set: readonly number[]) =>
    Math.max(0, ...set.flatMap((a) => set.map((b) => squared(rows[a] ?? [], rows[b] ?? []))));
  let best: number[] | undefined;
  for (const set of subsets(rows.length, size)) {
    if (best === undefined || diameter(set) < diameter(best)) best = set;
  }
  return (best ?? []).map((i) => rows[i] ?? []);
}

const lowerMedian = (values: readonly number[]) =>
  ascending(values)[Math.floor((values.length - 1) / 2)] ?? 0;

/** Rows as seen from the median of each coordinate; Weiszfeld's steps, two at a time and extrapolated. */
function geometricMedian(rows: readonly Row[], { nu = 0, tolerance = 1e-7 }): number[] {
  const origin = byColumn(rows, medianOf);
  const seen = rows.map((row) => row.map((x, c) => x - (origin[c] ?? 0)));
  const zero = origin.map(() => 0);
  const spread = lowerMedian(seen.map((row) => distance(row, zero)));
  if (spread === 0) return origin;
  const smoothing = nu > 0 ? nu : 1e-6 * spread;
  const step = (from: Row) => {
    const weights = seen.map((row) => 1 / Math.max(smoothing, distance(row, from)));
    const to = weightedMean(seen, weights);
    const moved = distance(to, from);
    const pull = (moved * sum(weights)) / rows.length;
    return { to, pull, done: pull <= tolerance || moved <= 1e-15 * distance(to, zero) };
  };
  let z: Row = zero;
  let reach = Number.POSITIVE_INFINITY;
  for (;;) {
    const first = step(z);
    const second = first.done ? first : step(first.to);
    let best = second.to;
    let { done } = second;
    const r = first.to.map((x, c) => x - (z[c] ?? 0));
    const v = second.to.map((x, c) => x - (first.to[c] ?? 0) - (r[c] ?? 0));
    const alpha = Math.min(Math.sqrt(squared(r, zero) / squared(v, zero)), reach);
    if (!done && alpha > 1 && Number.isFinite(alpha)) {
      const guess = z.map((x, c) => x + 2 * alpha * (r[c] ?? 0) + alpha * alpha * (v[c] ?? 0));
      const third = step(guess);
      const fourth = third.done ? third : step(third.to);
      const isBetter = fourth.pull < second.pull;
      if (fourth.done || isBetter) best = fourth.to;
      ({ done } = fourth);
      if (isBetter) reach *= 4;
      else reach = alpha > 2 ? Math.max(2, alpha / 4) : Number.POSITIVE_INFINITY;
    }
    if (done) return best.map((x, c) => (origin[c] ?? 0) + x);
    z = best;
  }
}

function centeredClipping(rows: readonly Row[], tau: number, start: Row): number[] {
  const steps = rows.map((row) => {
    const r = distance(row, start);
    return row.map((x, c) => (x - (start[c] ?? 0)) * (r > tau ? tau / r : 1));
  });
  return start.map((v, c) => v + sum(column(steps, c)) / rows.length);
}

function mix(rows: readonly Row[], f: number): number[][] {
  return rows.map((row, i) => {
    const near = rows
      .map((other, j) => ({ j, r: j === i ? -1 : squared(row, other) }))
      .toSorted((a, b) => a.r - b.r || a.j - b.j)
      .slice(0, rows.length - f)
      .map(({ j }) => j)
      .toSorted((a, b) => a - b);
    return mean(near.map((j) => rows[j] ?? []));
  });
}

/** What the program has to give for these updates, with the papers' definitions. */
export function referenceAggregate(
  updates: readonly ClientUpdate[],
  options: RuleOptions,
): number[] {
  return apply(updates, options).map((value) => value + 0);
}

function apply(updates: readonly ClientUpdate[], options: RuleOptions): number[] {
  const used = sorted(updates);
  const f = Math.max(0, (options.f ?? 0) - (updates.length - used.length));
  let rows: number[][] = used.map(({ values }) => [...values]);
  if (options.before?.includes("nnm")) rows = mix(rows, f);
  const n = rows.length;
  switch (options.rule) {
    case "mean":
      return mean(rows);
    case "weighted-mean":
      return weightedMean(
        rows,
        used.map(({ weight }) => weight ?? 1),
      );
    case "median":
      return byColumn(rows, medianOf);
    case "trimmed-mean":
      return byColumn(rows, (v) => sum(ascending(v).slice(f, n - f)) / (n - 2 * f));
    case "mean-around-median":
      return byColumn(rows, (v) => meanAround(v, medianOf(v), n - f));
    case "krum":
      return mean([rows[ranking(rows, clampNeighbours(n, f))[0] ?? 0] ?? []]);
    case "multi-krum": {
      const chosen = ranking(rows, clampNeighbours(n, f)).slice(0, options.m ?? n - f);
      return mean(chosen.toSorted((a, b) => a - b).map((i) => rows[i] ?? []));
    }
    case "minimum-diameter":
      return mean(leastDiameter(rows, n - f));
    case "geometric-median":
      return geometricMedian(rows, options);
    case "centered-clipping":
      return centeredClipping(rows, options.tau ?? 1, [
        ...(options.reference ?? (rows[0] ?? []).map(() => 0)),
      ]);
    case "bulyan": {
      const picks = bulyanPicks(rows, f).map((i) => rows[i] ?? []);
      return byColumn(picks, (v) => meanAround(v, medianOf(v), n - 4 * f));
    }
    default:
      throw new RangeError(`no reference for ${options.rule}`);
  }
}
