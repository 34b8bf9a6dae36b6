// The geometric median by Weiszfeld's iteration. Nothing that it measures with can be set by a minority of the rows: it begins at
// the median of each coordinate, its unit is the median distance from there, and it ends by the sum of the rows' directions, in which
// a row counts for 1 at most, however far it is.
import { CHUNK, Rows, floats, newRows, readChunk } from "./rows";
import { ColumnRule, byColumn } from "./columns";
import { distanceTo, squaredDistance } from "./distances";
import { exponentOf, rootOf, scale } from "./wide";
import { inOrder } from "./sort";
import { weightedMean } from "./means";

/** Smoothing where none is asked for, in median distances. */
const SMOOTHING: f64 = 1e-6;
/** Rows farther than 2 to this many units are drawn in to there: seen from the rest, their direction stays what it was. */
const HORIZON: i32 = 480;
/** Share of a point's coordinates that rounding alone can move it by. */
const ROUNDING: f64 = 1e-15;

/**
 * Writes the smoothed geometric median to `out`: weights 1 / max(nu, distance). It ends when the rows' directions, of length 1 each
 * (less within nu), have a mean of length `tolerance` at most; that is when a step is at most this share of the harmonic mean of the distances.
 * With a tolerance of 0, and from a `start` that is given, this is Weiszfeld's plain iteration, all steps of it. Else every two steps are
 * extrapolated (SQUAREM: Varadhan, Roland 2008), as Weiszfeld's alone get ever shorter near a row that is almost the median.
 *
 * @param nu - 0 for a millionth of the median distance.
 * @param start - d f64, or 0.
 * @returns the number of steps, or 0 if they were not enough.
 */
export function geometricMedian(rows: Rows, nu: f64, tolerance: f64, iterations: u32, start: usize, out: usize): u32 {
  const d = rows.dimension;
  byColumn(rows, ColumnRule.median, 0, 0, out);
  const squares = floats(rows.count);
  for (let row: u32 = 0; row < rows.count; row++) {
    store<f64>(squares + <usize>row * 8, squaredDistance(rows, row, out, 8));
  }
  const spread = lowerMedian(squares, rows.count);
  // Half of the rows or more are in one place: that is the median.
  if (spread == 0) return 1;

  const unit = exponentOf(spread) >> 1;
  const near = inUnits(rows, out, squares, unit);
  const search = new Search(near, tolerance, iterations);
  if (start != 0) {
    for (let c: usize = 0; c < <usize>d * 8; c += 8) {
      const offset = scale(load<f64>(start + c), -unit) - scale(load<f64>(out + c), -unit);
      store<f64>(search.z + c, max(min(offset, 1e150), -1e150));
    }
  }
  const given = max(min(scale(nu, -unit), 1e150), 1e-150);
  search.nu = nu > 0 ? given : SMOOTHING * search.medianDistance();
  const found = tolerance > 0 ? search.run() : search.runPlainly();
  for (let c: usize = 0; c < <usize>d * 8; c += 8) {
    const from = load<f64>(out + c);
    const z = load<f64>(search.z + c);
    const sum = from + scale(z, unit);
    store<f64>(out + c, isFinite(sum) ? sum : (from / 4 + scale(z, unit - 2)) * 4);
  }
  return found ? search.steps : 0;
}

/** Of an even number the lower one of the middle two: more than half of the rows are at most that far, so an honest one is. */
function lowerMedian(values: usize, n: u32): f64 {
  return inOrder(values, n, (n - 1) >> 1);
}

/** The rows as seen from `origin`, in units of 2^unit. */
function inUnits(rows: Rows, origin: usize, squares: usize, unit: i32): Rows {
  const d = rows.dimension;
  const seen = newRows(rows.count, d);
  for (let row: u32 = 0; row < rows.count; row++) {
    const square = load<f64>(squares + <usize>row * 8);
    const exponent = square == 0 ? unit : max(unit, (exponentOf(square) >> 1) - HORIZON);
    // Two numbers can be farther apart than an f64 goes.
    const shrunk = square != 0 && exponentOf(square) > 2040 ? 2 : 0;
    const share: f64 = shrunk ? 0.25 : 1;
    const to = seen.start(row);
    readChunk(rows, row, 0, d, to);
    for (let c: usize = 0; c < <usize>d * 8; c += 8) {
      const offset = load<f64>(to + c) * share - load<f64>(origin + c) * share;
      store<f64>(to + c, scale(offset, shrunk - exponent));
    }
  }
  return seen;
}

class Search {
  nu: f64 = 0;
  steps: u32 = 0;
  z: usize;
  /** Length of the mean direction where the last step began. */
  private pull: f64 = 0;
  private hasConverged: bool = false;
  private weights: usize;
  private line: usize = floats(CHUNK);

  constructor(private rows: Rows, private tolerance: f64, private iterations: u32) {
    this.z = floats(rows.dimension);
    this.weights = floats(rows.count);
  }

  medianDistance(): f64 {
    const distances = this.weights;
    const origin = floats(this.rows.dimension);
    for (let row: u32 = 0; row < this.rows.count; row++) {
      store<f64>(distances + <usize>row * 8, distanceTo(this.rows, row, origin, this.line));
    }
    return lowerMedian(distances, this.rows.count);
  }

  runPlainly(): bool {
    const next = floats(this.rows.dimension);
    while (this.steps < this.iterations) {
      this.step(this.z, next);
      this.moveTo(next);
    }
    return true;
  }

  run(): bool {
    const d = this.rows.dimension;
    const first = floats(d);
    const second = floats(d);
    const guess = floats(d);
    // How far an extrapolation may go: one that went too far is tried again at a fourth of it.
    let reach: f64 = Infinity;
    while (this.steps < this.iterations) {
      this.step(this.z, first);
      if (this.hasConverged) return this.moveTo(first);
      this.step(first, second);
      if (this.hasConverged) return this.moveTo(second);
      const pull = this.pull;
      const length = min(this.extrapolation(first, second), reach);
      if (!(length > 1) || !isFinite(length)) {
        this.moveTo(second);
        continue;
      }
      this.extrapolate(first, second, length, guess);
      // A guess that met a row is judged a step later: beside a row the pull is at its strongest, on whichever side.
      this.step(guess, first);
      if (this.hasConverged) return this.moveTo(first);
      this.step(first, guess);
      if (this.hasConverged) return this.moveTo(guess);
      const isBetter = this.pull < pull;
      this.moveTo(isBetter ? guess : second);
      reach = isBetter ? 4 * reach : length > 2 ? max(2, length / 4) : Infinity;
    }
    return false;
  }

  private moveTo(point: usize): bool {
    memory.copy(this.z, point, <usize>this.rows.dimension * 8);
    return true;
  }

  private step(from: usize, to: usize): void {
    const n = this.rows.count;
    const weights = this.weights;
    let total: f64 = 0;
    for (let row: u32 = 0; row < n; row++) {
      const weight = 1 / max(this.nu, distanceTo(this.rows, row, from, this.line));
      total += weight;
      store<f64>(weights + <usize>row * 8, weight);
    }
    weightedMean(this.rows, weights, to);
    let moved: f64 = 0;
    let length: f64 = 0;
    for (let c: usize = 0; c < <usize>this.rows.dimension * 8; c += 8) {
      const z = load<f64>(to + c);
      const difference = z - load<f64>(from + c);
      moved += difference * difference;
      length += z * z;
    }
    this.pull = (sqrt(moved) * total) / n;
    // A step that rounding alone could make leads nowhere.
    this.hasConverged = this.pull <= this.tolerance || sqrt(moved) <= ROUNDING * sqrt(length);
    this.steps++;
  }

  /** How many times the two steps from z over `first` to `second` are to be made; not above 1, or not finite, if they are not. */
  private extrapolation(first: usize, second: usize): f64 {
    let step: f64 = 0;
    let change: f64 = 0;
    for (let c: usize = 0; c < <usize>this.rows.dimension * 8; c += 8) {
      const r = load<f64>(first + c) - load<f64>(this.z + c);
      const v = load<f64>(second + c) - load<f64>(first + c) - r;
      step += r * r;
      change += v * v;
    }
    return sqrt(step / change);
  }

  private extrapolate(first: usize, second: usize, alpha: f64, guess: usize): void {
    for (let c: usize = 0; c < <usize>this.rows.dimension * 8; c += 8) {
      const z = load<f64>(this.z + c);
      const r = load<f64>(first + c) - z;
      const v = load<f64>(second + c) - load<f64>(first + c) - r;
      store<f64>(guess + c, z + 2 * alpha * r + alpha * alpha * v);
    }
  }
}
