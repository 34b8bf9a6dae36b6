// Rules that choose among whole updates by how near they are to each other. Everywhere the earlier row wins a tie; rows stand in
// the order of their contents' hashes, so arrival has no say.
import { floats, words } from "./rows";
import { sortAscending } from "./sort";
import { addWide } from "./wide";

/** How many neighbours Krum's score sums over. */
export enum Neighbours {
  /** n - f - 2 (Blanchard et al. 2017). */
  paper,
  /** max(1, n - f - 2): Flower. */
  flower,
  /** n - f - 1: ByzFL. */
  byzfl,
}

export function neighbourCount(n: u32, f: u32, variant: u32): u32 {
  const wanted = <i32>n - <i32>f - (variant == Neighbours.byzfl ? 1 : 2);
  return <u32>min(max(wanted, n > 1 ? 1 : 0), <i32>n - 1);
}

/**
 * Krum's scores of the rows that are not `taken`: the sum, from the smallest on, of the squared distances to the nearest
 * `neighbours` of the others that are not. Scores are wide numbers if distances are.
 */
export function krumScores(distances: usize, isWide: bool, n: u32, taken: usize, neighbours: u32, scores: usize): void {
  const line = floats(n);
  const room = floats(n);
  for (let i: u32 = 0; i < n; i++) {
    if (load<u8>(taken + i)) continue;
    let count: u32 = 0;
    for (let j: u32 = 0; j < n; j++) {
      if (j == i || load<u8>(taken + j)) continue;
      store<f64>(line + <usize>count * 8, load<f64>(distances + <usize>(i * n + j) * 8));
      count++;
    }
    sortAscending(line, count, room);
    let score: f64 = 0;
    for (let k: u32 = 0; k < neighbours; k++) {
      const square = load<f64>(line + <usize>k * 8);
      score = isWide ? addWide(score, square) : score + square;
    }
    store<f64>(scores + <usize>i * 8, score);
  }
}

/** Marks the `count` rows of lowest score, of those not marked yet. */
export function takeLowest(scores: usize, n: u32, count: u32, taken: usize): void {
  for (let picks: u32 = 0; picks < count; picks++) {
    let best: i32 = -1;
    for (let i: u32 = 0; i < n; i++) {
      if (load<u8>(taken + i)) continue;
      if (best < 0 || load<f64>(scores + <usize>i * 8) < load<f64>(scores + <usize>best * 8)) best = i;
    }
    store<u8>(taken + best, 1);
  }
}

/** Whether more than one of the scores is the least. */
export function isLeastShared(scores: usize, n: u32): bool {
  let least: f64 = Infinity;
  let count: u32 = 0;
  for (const end = scores + <usize>n * 8; scores < end; scores += 8) {
    const score = load<f64>(scores);
    if (score < least) {
      least = score;
      count = 1;
    } else count += u32(score == least);
  }
  return count > 1;
}

/** Bulyan's first part: `picks` rows by Krum, one after another, each time among those that are left (El Mhamdi et al. 2018). */
export function takeByRepeatedKrum(
  distances: usize, isWide: bool, n: u32, f: u32, picks: u32, taken: usize, scores: usize,
): void {
  for (let pick: u32 = 0; pick < picks; pick++) {
    krumScores(distances, isWide, n, taken, neighbourCount(n - pick, f, Neighbours.paper), scores);
    takeLowest(scores, n, 1, taken);
  }
}

/** The `count` rows nearest to row `i`, itself first, as marks. */
export function takeNearest(distances: usize, n: u32, i: u32, count: u32, taken: usize): void {
  memory.fill(taken, 0, n);
  store<u8>(taken + i, 1);
  takeLowest(distances + <usize>(i * n) * 8, n, count - 1, taken);
}

/**
 * Minimum-diameter averaging's choice: of all sets of `size` rows the one whose farthest two are nearest, the first such in
 * lexicographic order (El Mhamdi et al. 2018).
 */
export function takeLeastDiameter(distances: usize, n: u32, size: u32, taken: usize): void {
  const set = words(size);
  for (let k: u32 = 0; k < size; k++) store<u32>(set + k * 4, k);
  let least: f64 = Infinity;
  memory.fill(taken, 0, n);
  for (let k: u32 = 0; k < size; k++) store<u8>(taken + k, 1);
  for (;;) {
    const diameter = diameterOf(distances, n, set, size, least);
    if (diameter < least) {
      least = diameter;
      memory.fill(taken, 0, n);
      for (let k: u32 = 0; k < size; k++) store<u8>(taken + load<u32>(set + k * 4), 1);
    }
    let k = <i32>size - 1;
    while (k >= 0 && load<u32>(set + k * 4) == n - size + k) k--;
    if (k < 0) return;
    let next = load<u32>(set + k * 4) + 1;
    for (; k < <i32>size; k++) store<u32>(set + k * 4, next++);
  }
}

function diameterOf(distances: usize, n: u32, set: usize, size: u32, giveUp: f64): f64 {
  let diameter: f64 = 0;
  for (let a: u32 = 0; a < size; a++) {
    const line = distances + <usize>(load<u32>(set + a * 4) * n) * 8;
    for (let b = a + 1; b < size; b++) {
      diameter = max(diameter, load<f64>(line + <usize>load<u32>(set + b * 4) * 8));
    }
    if (diameter >= giveUp) return diameter;
  }
  return diameter;
}
