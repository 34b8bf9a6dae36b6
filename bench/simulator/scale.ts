import { STANDING_READS } from "../../network/src/gossip/limits.ts";
import { presenceIntervalMs } from "../../network/src/gossip/presences.ts";
import { type FrameBytes, someHints } from "../../network/test/gossipFrames.ts";
import gas from "../gas.snapshot.json" with { type: "json" };
import { type BroadcastResult, broadcast } from "./broadcast.ts";
import { playClaims } from "./claims.ts";
import { controlTraffic } from "./control.ts";
import type { Costs } from "./costs.ts";
import type { Network } from "./network.ts";
import type { Publication } from "./publications.ts";
import { quantileOf } from "./quantileOf.ts";
import { type Draws, drawsOf } from "./random.ts";
import {
  BLOCK_SECONDS,
  type Rates,
  type Rules,
  ratesOf,
  strangerShare,
  strangersTaken,
  targetOf,
} from "./workload.ts";

/** Messages that are followed: fewer in a large network, where each has hundreds of thousands of copies. */
const FOLLOWED = { most: 1_000, least: 30, copies: 4e6 };
const LEAST_WINDOW_MS = 10_000;
/** Messages by which it is found out what one costs. */
const PILOTS = 4;
/** Batches by which the order of claims is played. */
const CLAIMED_BATCHES = 2_000;
/** Assumptions: half of the workers have room; a node runs for a day. */
const FREE_SHARE = 0.5;
const UPTIME_MS = 86_400_000;

const { perTask10k, perTask10k10Batches } = gas.figures;
const BATCH_GAS = (10_000 * (perTask10k10Batches - perTask10k)) / 9;
/** From the gas report's job of ten thousand tasks in one batch and in ten. */
const GAS = { batch: BATCH_GAS, job: 10_000 * perTask10k - BATCH_GAS };

export interface Row {
  peers: number;
  tasksPerSecond: number;
  /** By the table: 99 % should have heard of a task by then. */
  targetP99Ms: number;
  isWithinTarget: boolean;
  messagesPerSecond: number;
  coverage: number;
  broadcastP50Ms: number;
  broadcastP99Ms: number;
  /** Sent and received. */
  bytesPerPeerPerSecond: number;
  /** Part of them that goes to ids told to those outside the mesh. */
  idBytesShare: number;
  /** Ids that a peer tells at each heartbeat. */
  idsPerHeartbeat: number;
  /** Of one processor. Beyond 1 delays grow for as long as the load lasts. */
  cpuSharePerPeer: number;
  duplicateFactor: number;
  /** Share of first copies of strangers' messages that are ignored. */
  ignoredStrangersShare: number;
  doubledClaimsShare: number;
  /** The same where endpoints know of claims that no block has yet. */
  doubledClaimsShareSeeingPending: number;
  claimWaitP50Ms: number;
  /** Of the chain, for posting, claiming, submitting and settling, without disputes. */
  gasPerSecond: number;
}

export interface ScaleOptions {
  network: Network;
  costs: Costs;
  frames: FrameBytes;
  rules: Rules;
}

/** Plays a network at the load that the table asks of its size. */
export function playSize({ network, costs, frames, rules }: ScaleOptions): Row {
  const { peers, mesh } = network;
  const draws = drawsOf(network.seed + 2);
  const target = targetOf(peers);
  const rates = ratesOf(peers, target.tasksPerSecond, rules);
  const perSecond = rates.hints + rates.presences;
  const strangers = strangerShare(peers, rules);
  const degree = mesh.counts.reduce((sum, one) => sum + one, 0) / peers;
  const play = (options: Partial<Parameters<typeof broadcast>[0]>) =>
    broadcast({ network, costs, frames, publications: [], ...options });

  const pilots = publish(network, { count: PILOTS, everyMs: 60_000, strangers: 1 }, frames, draws);
  const ignoredShare = findIgnoredShare(perSecond * strangers, strangersTaken(degree), (share) =>
    play({ publications: pilots.slice(0, 2), ignoredShare: share }),
  );
  const pilot = play({ publications: pilots, ignoredShare: strangers > 0 ? ignoredShare : 0 });
  const cpuMsPerMessage = pilot.cpuMs / PILOTS / network.present;
  const control = controlTraffic(network, perSecond, costs, frames);
  const windowMs = Math.max(LEAST_WINDOW_MS, (1_000 * FOLLOWED.least) / perSecond);
  const most = Math.min(FOLLOWED.most, FOLLOWED.copies / (peers * pilot.duplicateFactor));
  const count = Math.ceil(Math.min(Math.max(FOLLOWED.least, most), (perSecond * windowMs) / 1_000));
  const followed = (1_000 * count) / windowMs;
  const others = Math.max(0, perSecond - followed);
  const played = play({
    publications: publish(network, { count, everyMs: windowMs / count, strangers }, frames, draws),
    ignoredShare,
    background: {
      share: (others * cpuMsPerMessage) / 1_000 + control.cpuShare,
      pieceMs: cpuMsPerMessage,
    },
  });
  const messageBytes = (perSecond * played.bytes) / count / network.present;
  const p99Ms = quantileOf(played.latencies, 0.99);
  return {
    ...{ peers, tasksPerSecond: target.tasksPerSecond, targetP99Ms: target.p99Ms },
    isWithinTarget: p99Ms <= target.p99Ms && played.coverage >= 0.999,
    ...{ messagesPerSecond: perSecond, coverage: played.coverage },
    broadcastP50Ms: quantileOf(played.latencies, 0.5),
    broadcastP99Ms: p99Ms,
    bytesPerPeerPerSecond: messageBytes + control.bytesPerSecond,
    idsPerHeartbeat: control.ids,
    idBytesShare: control.bytesPerSecond / (messageBytes + control.bytesPerSecond),
    cpuSharePerPeer: (perSecond * cpuMsPerMessage) / 1_000 + control.cpuShare,
    duplicateFactor: played.duplicateFactor,
    ignoredStrangersShare: strangers > 0 ? ignoredShare : 0,
    ...claim({ network, rules, rates, played }, draws),
    gasPerSecond: (target.tasksPerSecond / rules.jobTasks) * GAS.job + rates.batches * GAS.batch,
  };
}

/** Messages at even distances, by peers that are there. Hints and presences are of one length, nearly. */
function publish(
  { peers, silent }: Network,
  { count, everyMs, strangers }: { count: number; everyMs: number; strangers: number },
  frames: FrameBytes,
  { below }: Draws,
): Publication[] {
  const bytes = frames.message(someHints(1));
  return Array.from({ length: count }, (_, i) => {
    let author = below(peers);
    while (silent[author] === 1) author = below(peers);
    const atMs = i * everyMs;
    // Evenly among the others, so that few messages have the share that many would have.
    const isStranger = Math.floor((i + 1) * strangers) > Math.floor(i * strangers);
    return { atMs, author, bytes, saidAtMs: [atMs], isStranger };
  });
}

/** The share of strangers' messages that has to be ignored so that a peer takes no more than it may, by halving intervals. */
function findIgnoredShare(
  perSecond: number,
  taken: number,
  play: (share: number) => BroadcastResult,
): number {
  if (perSecond <= taken) return 0;
  let [low, high] = [0, 1];
  for (let step = 0; step < 7; step++) {
    const share = (low + high) / 2;
    if (perSecond * play(share).reach * (1 - share) > taken) low = share;
    else high = share;
  }
  return high;
}

interface ClaimParameters {
  network: Network;
  rules: Rules;
  rates: Rates;
  played: BroadcastResult;
}

function claim({ network, rules, rates, played }: ClaimParameters, draws: Draws) {
  const { peers } = network;
  const others = Math.min(peers - 1, rules.mostAuthors);
  // Until a node has heard everybody, and asked the chain what stands behind each.
  const learningMs = Math.max(
    presenceIntervalMs(others),
    (1_000 * others) / STANDING_READS.perSecond,
  );
  const learnt = 1 - Math.min(1, learningMs / 2 / UPTIME_MS);
  const stateMs = (1_000 * peers) / (2 * rates.batches);
  const betweenMs = rules.betweenChangesMs(others);
  // A change is told at once, unless the one before it was told just now.
  const untoldMs = (betweenMs / 2) * (betweenMs / (betweenMs + stateMs));
  const lateMs = Math.min(untoldMs, presenceIntervalMs(others)) + (BLOCK_SECONDS * 1_000) / 2;
  const options = {
    ...{ workers: peers, batches: CLAIMED_BATCHES, blockSeconds: BLOCK_SECONDS },
    freeShare: FREE_SHARE,
    knownShare: (others / (peers - 1)) * played.coverage * learnt,
    freshShare: Math.exp(-lateMs / stateMs),
    heardMs: played.latencies,
  };
  const blind = playClaims({ ...options, seesPending: false }, draws);
  const seeing = playClaims({ ...options, seesPending: true }, draws);
  return {
    doubledClaimsShare: blind.doubledShare,
    doubledClaimsShareSeeingPending: seeing.doubledShare,
    claimWaitP50Ms: blind.waitP50Ms,
  };
}
