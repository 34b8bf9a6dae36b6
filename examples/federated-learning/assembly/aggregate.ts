// The aggregation program: one round's updates in, their aggregate and what is to be said of each client out.
import { Rows, CHUNK, floats, newRows, readChunk, chunkLength, words } from "./aggregate/rows";
import { sha256 } from "./aggregate/sha256";
import { distanceTo, squaredDistances } from "./aggregate/distances";
import { geometricMedian } from "./aggregate/geometricMedian";
import { narrow } from "./aggregate/wide";
import { ColumnRule, byColumn } from "./aggregate/columns";
import {
  Neighbours, isLeastShared, krumScores, neighbourCount, takeByRepeatedKrum, takeLeastDiameter, takeLowest,
} from "./aggregate/selection";
import {
  adaptiveClipping, centeredClipping, clipNorms, meanOfTaken, nearestNeighbourMixing, weightedMean,
} from "./aggregate/means";
import {
  FLAG_REFERENCE, INPUT_HEADER, INPUT_MAGIC, Input, MAX_CLIENTS, MAX_SETS, PRE_ADAPTIVE_CLIP, PRE_CLIP, PRE_NNM, RECORD,
  RESULT_HEADER, RESULT_MAGIC, Rule, Status, VERSION, Verdict,
} from "./aggregate/layout";

const DIGEST: u32 = 32;

// Of the clients as they came.
let ids: usize = 0;
let weights: usize = 0;
let updates: usize = 0;
let verdicts: usize = 0;
let scores: usize = 0;
/** Steps of an iteration. */
let steps: u32 = 0;
/** What an error is about: see src/aggregate/wire.ts. */
let detail: u32 = 0;

export function main(input: Uint8Array): Uint8Array {
  const head = changetype<Input>(input.dataStart);
  if (!isWellFormed(head, <u64>input.byteLength)) return failure(Status.malformed, 0);
  const n = head.n;
  const d = head.d;
  ids = input.dataStart + INPUT_HEADER;
  weights = ids + (<usize>(n + 1) & ~1) * 4;
  const reference = weights + <usize>n * 8;
  updates = reference + (head.flags & FLAG_REFERENCE ? <usize>d * 8 : 0);
  verdicts = new Uint8Array(n).dataStart;
  scores = floats(n);

  const order = words(n);
  const kept = keepFinite(head, order);
  const status = check(head, kept, order, head.flags & FLAG_REFERENCE ? reference : 0);
  if (status != Status.ok) return failure(status, n);
  // Krum keeps one row: their order counts only if two have the least score, and hashes take longer than the scores.
  if (head.variant == Neighbours.paper && !ordersLate(head)) sortByContent(head, order, kept);
  const starts = words(kept);
  const finite = new Rows(kept, d, head.width, starts);
  placeRows(head, order, kept, starts);
  // Whoever was left out was one of the f.
  const excluded = n - kept;
  const f = head.f > excluded ? head.f - excluded : 0;
  let rows = finite;
  if (head.before & PRE_CLIP) rows = clipNorms(rows, head.clip);
  if (head.before & PRE_ADAPTIVE_CLIP) rows = adaptiveClipping(rows, f);
  if (head.before & PRE_NNM) rows = nearestNeighbourMixing(rows, f);

  if (head.rule == <u32>Rule.rows) return succeed(head, finite, rows, order, kept);
  const aggregate = newRows(1, d);
  const out = aggregate.start(0);
  if (head.flags & FLAG_REFERENCE) memory.copy(out, reference, <usize>d * 8);
  if (!apply(head, rows, f, order, reference, out)) return failure(Status.notConverged, n);
  for (let c: usize = 0; c < <usize>d * 8; c += 8) {
    const value = load<f64>(out + c);
    if (!isFinite(value)) return failure(Status.overflow, n);
    // -0 becomes 0: which of the two a sort of equal values leaves in the middle says nothing.
    store<f64>(out + c, value + 0.0);
  }
  detail = 0;
  return succeed(head, finite, aggregate, order, 1);
}

/** Whether rows are put in order only when that decides something. */
function ordersLate(head: Input): bool {
  return head.variant == Neighbours.paper && head.rule == Rule.krum && head.before == 0;
}

function placeRows(head: Input, order: usize, kept: u32, starts: usize): void {
  const length = <usize>head.d * head.width;
  for (let k: u32 = 0; k < kept; k++) {
    store<usize>(starts + k * sizeof<usize>(), updates + <usize>load<u32>(order + k * 4) * length);
  }
}

function isWellFormed(head: Input, size: u64): bool {
  if (size < INPUT_HEADER || head.magic != INPUT_MAGIC || head.version != VERSION) return false;
  if (head.n - 1 >= MAX_CLIENTS || head.d == 0 || head.d > 1 << 28) return false;
  if (head.width != 4 && head.width != 8) return false;
  const words = <u64>((head.n + 1) & ~1) * 4 + <u64>head.n * 8;
  const reference = head.flags & FLAG_REFERENCE ? <u64>head.d * 8 : 0;
  return size == INPUT_HEADER + words + reference + <u64>head.n * head.d * head.width;
}

/** Lists the clients whose updates are finite throughout, and returns how many they are. */
function keepFinite(head: Input, order: usize): u32 {
  let kept: u32 = 0;
  const length = <usize>head.d * head.width;
  for (let i: u32 = 0; i < head.n; i++) {
    const at = updates + <usize>i * length;
    if (allFinite(at, at + length, head.width)) store<u32>(order + kept++ * 4, i);
    else store<u8>(verdicts + i, <u8>Verdict.notFinite);
  }
  return kept;
}

function allFinite(at: usize, end: usize, width: u32): bool {
  if (width == 4) {
    for (; at < end; at += 4) if ((load<u32>(at) & 0x7f80_0000) == 0x7f80_0000) return false;
  } else {
    for (; at < end; at += 8) {
      if ((load<u64>(at) & 0x7ff0_0000_0000_0000) == 0x7ff0_0000_0000_0000) return false;
    }
  }
  return true;
}

/** Whether the rule can be applied to what is left. */
function check(head: Input, kept: u32, order: usize, reference: usize): Status {
  const n = head.n;
  const f = head.f;
  const rule = head.rule;
  if (rule > <u32>Rule.bulyan || head.variant > <u32>Neighbours.byzfl || head.before > 7) return Status.option;
  for (let i: u32 = 0; i < n; i++) {
    for (let j: u32 = 0; j < i; j++) {
      detail = load<u32>(ids + i * 4);
      if (detail == load<u32>(ids + j * 4)) return Status.duplicateClient;
    }
  }
  detail = n - kept;
  if (kept == 0) return Status.nothingLeft;
  const averages = (rule == Rule.mean || rule == Rule.weightedMean) && head.before == 0;
  if (!averages && detail > f) return Status.tooManyExcluded;
  if (reference != 0 && !allFinite(reference, reference + <usize>head.d * 8, 8)) return Status.option;

  detail = averages ? 1 : max(needed(rule, f, head), f + 1);
  if (n < detail) return Status.tooFewClients;
  const left = f > n - kept ? f - (n - kept) : 0;
  detail = 0;
  if (rule == Rule.multiKrum && head.m > kept) return Status.option;
  if (rule == Rule.aroundReference && (reference == 0 || head.m == 0 || head.m > kept)) return Status.option;
  if (rule == Rule.minimumDiameter && sets(kept, left) > MAX_SETS) return Status.option;
  if (rule == Rule.geometricMedian && !(head.nu >= 0 && head.tolerance >= 0 && head.iterations > 0)) return Status.option;
  if (rule == Rule.centeredClipping && !(head.tau > 0 && head.iterations > 0)) return Status.option;
  if (head.before & PRE_CLIP && !(head.clip > 0 && isFinite(head.clip))) return Status.option;
  if (rule == Rule.weightedMean) {
    for (let k: u32 = 0; k < kept; k++) {
      const weight = load<f64>(weights + <usize>load<u32>(order + k * 4) * 8);
      detail = load<u32>(ids + load<u32>(order + k * 4) * 4);
      if (!(weight > 0 && isFinite(weight))) return Status.weights;
    }
  }
  return Status.ok;
}

/** Least number of clients for f faulty ones. */
function needed(rule: u32, f: u32, head: Input): u32 {
  const majority = rule <= <u32>Rule.weightedMean && head.before & (PRE_NNM | PRE_ADAPTIVE_CLIP) ? 2 * f + 1 : 1;
  if (rule <= <u32>Rule.weightedMean || rule == Rule.aroundReference) return majority;
  if (rule == Rule.krum || rule == Rule.multiKrum) {
    return head.variant == Neighbours.paper ? 2 * f + 3 : head.variant == Neighbours.byzfl ? 2 * f + 1 : 1;
  }
  return rule == Rule.bulyan ? 4 * f + 3 : 2 * f + 1;
}

/** n over f. */
function sets(n: u32, f: u32): f64 {
  let count: f64 = 1;
  for (let k: u32 = 1; k <= f; k++) count = (count * (n - f + k)) / k;
  return count;
}

/** Sorts clients by the hash of their update, then weight, then id: an order that nobody's arrival can change. */
function sortByContent(head: Input, order: usize, kept: u32): void {
  const length = <usize>head.d * head.width;
  const digests = new Uint8Array(<i32>(head.n * DIGEST)).dataStart;
  for (let k: u32 = 0; k < kept; k++) {
    const i = load<u32>(order + k * 4);
    sha256(updates + <usize>i * length, length, digests + <usize>i * DIGEST);
  }
  for (let k: u32 = 1; k < kept; k++) {
    const i = load<u32>(order + k * 4);
    let to = k;
    for (; to > 0 && comesBefore(i, load<u32>(order + (to - 1) * 4), digests); to--) {
      store<u32>(order + to * 4, load<u32>(order + (to - 1) * 4));
    }
    store<u32>(order + to * 4, i);
  }
}

function comesBefore(a: u32, b: u32, digests: usize): bool {
  const byContent = memory.compare(digests + <usize>a * DIGEST, digests + <usize>b * DIGEST, DIGEST);
  if (byContent != 0) return byContent < 0;
  const weightA = load<f64>(weights + <usize>a * 8);
  const weightB = load<f64>(weights + <usize>b * 8);
  return weightA != weightB ? weightA < weightB : load<u32>(ids + a * 4) < load<u32>(ids + b * 4);
}

/** Writes the aggregate to `out`; false if an iteration did not converge. */
function apply(head: Input, rows: Rows, f: u32, order: usize, reference: usize, out: usize): bool {
  const n = rows.count;
  switch (head.rule) {
    case Rule.mean:
    case Rule.weightedMean: {
      if (head.rule == Rule.mean && head.before != 0) {
        // Prepared rows have a promise to keep; of the plain mean an overflow says that somebody has sent nonsense.
        const all = new Uint8Array(n).dataStart;
        memory.fill(all, 1, n);
        meanOfTaken(rows, all, out);
        return true;
      }
      const shares = floats(n);
      for (let k: u32 = 0; k < n; k++) {
        const weight = load<f64>(weights + <usize>load<u32>(order + k * 4) * 8);
        store<f64>(shares + <usize>k * 8, head.rule == Rule.mean ? 1 : weight);
      }
      weightedMean(rows, shares, out);
      return true;
    }
    case Rule.median:
      byColumn(rows, ColumnRule.median, 0, 0, out);
      return true;
    case Rule.trimmedMean:
      byColumn(rows, ColumnRule.trimmedMean, f, 0, out);
      return true;
    case Rule.aroundMedian:
      byColumn(rows, ColumnRule.aroundMedian, n - f, 0, out);
      return true;
    case Rule.aroundReference:
      byColumn(rows, ColumnRule.aroundReference, head.m, reference, out);
      return true;
    case Rule.geometricMedian:
      steps = geometricMedian(
        rows, head.nu, head.tolerance, head.iterations, head.flags & FLAG_REFERENCE ? reference : 0, out,
      );
      return steps > 0;
    case Rule.centeredClipping:
      centeredClipping(rows, head.tau, head.iterations, out);
      steps = head.iterations;
      return true;
    default:
      applySelection(head, rows, f, order, out, ordersLate(head));
      return true;
  }
}

/** @param mayTie - whether rows do not yet stand in the order that decides a tie. */
function applySelection(head: Input, rows: Rows, f: u32, order: usize, out: usize, mayTie: bool): void {
  const n = rows.count;
  const distances = floats(n * n);
  const isWide = squaredDistances(rows, distances);
  const taken = new Uint8Array(n).dataStart;
  const values = floats(n);
  const theta = n - 2 * f;
  if (head.rule == Rule.minimumDiameter) {
    takeLeastDiameter(distances, n, n - f, taken);
  } else if (head.rule == Rule.bulyan && head.variant == Neighbours.paper) {
    takeByRepeatedKrum(distances, isWide, n, f, theta, taken, values);
  } else {
    krumScores(distances, isWide, n, taken, neighbourCount(n, f, head.variant), values);
    if (mayTie && isLeastShared(values, n)) {
      sortByContent(head, order, n);
      placeRows(head, order, n, rows.starts);
      return applySelection(head, rows, f, order, out, false);
    }
    const picks = head.rule == Rule.krum ? 1 : head.rule == Rule.bulyan ? theta : head.m > 0 ? head.m : n - f;
    takeLowest(values, n, picks, taken);
  }
  for (let k: u32 = 0; k < n; k++) {
    const client = load<u32>(order + k * 4);
    const score = load<f64>(values + <usize>k * 8);
    store<f64>(scores + <usize>client * 8, isWide ? narrow(score) : score);
    store<u8>(verdicts + client, <u8>(load<u8>(taken + k) ? Verdict.selected : Verdict.notSelected));
  }
  if (head.rule != Rule.bulyan) return meanOfTaken(rows, taken, out);

  const starts = words(theta);
  const picked = new Rows(theta, rows.dimension, rows.width, starts);
  let count: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    if (load<u8>(taken + k)) store<usize>(starts + count++ * sizeof<usize>(), rows.start(k));
  }
  byColumn(picked, ColumnRule.aroundMedian, theta - 2 * f, 0, out);
}

function writeHead(out: usize, status: Status, n: u32, rows: u32, d: u32): void {
  store<u32>(out, RESULT_MAGIC);
  store<u32>(out, VERSION, 4);
  store<u32>(out, status, 8);
  store<u32>(out, n, 12);
  store<u32>(out, rows, 16);
  store<u32>(out, d, 20);
  store<u32>(out, steps, 24);
  store<u32>(out, detail, 28);
}

/** A result without an aggregate. It still says who was left out. */
function failure(status: Status, n: u32): Uint8Array {
  const result = new Uint8Array(RESULT_HEADER + n * RECORD);
  writeHead(result.dataStart, status, n, 0, 0);
  for (let i: u32 = 0; i < n; i++) writeRecord(result.dataStart, i, i, 0);
  return result;
}

function writeRecord(out: usize, place: u32, client: u32, distance: f64): void {
  const at = out + RESULT_HEADER + <usize>place * RECORD;
  store<u32>(at, load<u32>(ids + client * 4));
  store<u32>(at, load<u8>(verdicts + client), 4);
  store<f64>(at, load<f64>(scores + <usize>client * 8), 8);
  store<f64>(at, distance, 16);
}

/** Clients by id: so the whole result is the same, whoever came first. */
function succeed(head: Input, finite: Rows, rows: Rows, order: usize, count: u32): Uint8Array {
  const n = head.n;
  const d = head.d;
  const result = new Uint8Array(RESULT_HEADER + n * RECORD + count * d * 8);
  const out = result.dataStart;
  writeHead(out, Status.ok, n, count, d);
  const distances = floats(n);
  const line = floats(CHUNK);
  const places = words(n);
  for (let i: u32 = 0; i < n; i++) {
    let place: u32 = 0;
    for (let j: u32 = 0; j < n; j++) place += u32(load<u32>(ids + j * 4) < load<u32>(ids + i * 4));
    store<u32>(places + i * 4, place);
  }
  const body = out + RESULT_HEADER + n * RECORD;
  for (let k: u32 = 0; k < finite.count; k++) {
    const client = load<u32>(order + k * 4);
    if (count != 1) continue;
    const distance = distanceTo(finite, k, rows.start(0), line);
    store<f64>(distances + <usize>client * 8, min(distance, f64.MAX_VALUE));
  }
  if (head.rule == Rule.rows) {
    // Those that were left out leave no gap.
    let row: u32 = 0;
    for (let place: u32 = 0; place < n; place++) {
      for (let k: u32 = 0; k < finite.count; k++) {
        if (load<u32>(places + load<u32>(order + k * 4) * 4) == place) copyRow(rows, k, body + <usize>(row++) * d * 8);
      }
    }
  } else {
    memory.copy(body, rows.start(0), <usize>d * 8);
  }
  for (let i: u32 = 0; i < n; i++) writeRecord(out, load<u32>(places + i * 4), i, load<f64>(distances + <usize>i * 8));
  return result;
}

function copyRow(rows: Rows, row: u32, to: usize): void {
  const d = rows.dimension;
  for (let first: u32 = 0; first < d; first += CHUNK) {
    readChunk(rows, row, first, chunkLength(d, first), to + <usize>first * 8);
  }
}
