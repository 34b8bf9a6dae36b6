import { claimTurnMs } from "../../worker/src/roles/worker/claimTurns.ts";
import type { Draws } from "./random.ts";

/** From sending a claim until the node that makes the block has it, and what a question to an endpoint takes, in milliseconds. */
const RPC_MS = 100;
/** Places in the order of a batch that are looked at, and how many a worker may on average believe to be before it. */
const MOST_PLACES = 5_000;
const MOST_BEFORE = 60;

export interface ClaimsOptions {
  workers: number;
  batches: number;
  blockSeconds: number;
  /** Share of the workers that have room. */
  freeShare: number;
  /** Share of the others that a worker knows of. */
  knownShare: number;
  /** Share of what it knows of their room that is still so. */
  freshShare: number;
  /** How long workers take to hear of a job, in milliseconds: as many as one likes, in any order. */
  heardMs: ArrayLike<number>;
  /** Whether a worker's endpoint knows of claims that no block has yet. */
  seesPending: boolean;
}

export interface ClaimsResult {
  claims: number;
  /** Share of all claims that another was before. */
  doubledShare: number;
  /** Until a batch is claimed, in a block. */
  waitP50Ms: number;
}

/** Plays the order of claims, batch for batch: each worker that has room waits as many turns as it believes others to be before it. */
export function playClaims(options: ClaimsOptions, draws: Draws): ClaimsResult {
  let claims = 0;
  let claimed = 0;
  const waits: number[] = [];
  for (let batch = 0; batch < options.batches; batch++) {
    const times = claimTimes(options, draws).sort((a, b) => a - b);
    const [first] = times;
    if (first === undefined) continue;
    const minedAt = nextBlock(first + RPC_MS, options.blockSeconds);
    const knownFrom = (options.seesPending ? first : minedAt) + RPC_MS;
    claims += times.filter((time, i) => i === 0 || time < knownFrom).length;
    claimed++;
    waits.push(minedAt);
  }
  waits.sort((a, b) => a - b);
  return {
    claims,
    doubledShare: claims === 0 ? 0 : (claims - claimed) / claims,
    waitP50Ms: waits[Math.floor(waits.length / 2)] ?? Number.NaN,
  };
}

function nextBlock(at: number, blockSeconds: number): number {
  return Math.ceil(at / (blockSeconds * 1_000)) * blockSeconds * 1_000;
}

/** When the workers with room claim a batch, if nobody else does, in milliseconds from the job's block on. */
function claimTimes(options: ClaimsOptions, draws: Draws): number[] {
  const { workers, freeShare, knownShare, freshShare, heardMs, blockSeconds } = options;
  const turnMs = claimTurnMs(blockSeconds);
  // What is out of date says of as many that they have room as do have it.
  const believedFree = knownShare * (freshShare + (1 - freshShare) * freeShare);
  const believedBusy = knownShare * (1 - freshShare) * freeShare;
  const times: number[] = [];
  let earliest = Number.POSITIVE_INFINITY;
  let free = 0;
  let busy = 0;
  for (let place = 0; place < Math.min(workers, MOST_PLACES); place++) {
    if (free * believedFree + busy * believedBusy > MOST_BEFORE) break;
    if (draws.uniform() >= freeShare) {
      busy++;
      continue;
    }
    const before = successes(free, believedFree, draws) + successes(busy, believedBusy, draws);
    const heard = heardMs[draws.below(heardMs.length)] ?? 0;
    const time = heard + RPC_MS + before * turnMs;
    earliest = Math.min(earliest, time);
    if (time < earliest + 2 * turnMs) times.push(time);
    free++;
  }
  return times;
}

/** Successes in so many trials, counted by the gaps between them. */
function successes(trials: number, chance: number, { uniform }: Draws): number {
  if (chance >= 1) return trials;
  if (chance <= 0) return 0;
  let count = 0;
  let at = 0;
  for (;;) {
    at += 1 + Math.floor(Math.log(1 - uniform()) / Math.log(1 - chance));
    if (at > trials) return count;
    count++;
  }
}
