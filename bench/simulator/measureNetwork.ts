/** Whole peers as processes, as `npm run bench -- net` has them, and the simulator's word on the same network. */
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { type FrameBytes, someHints } from "../../network/test/gossipFrames.ts";
import { type MemberProcess, quantile, startProcesses } from "../net/processes.ts";
import { broadcast } from "./broadcast.ts";
import { controlTraffic } from "./control.ts";
import type { Costs } from "./costs.ts";
import { LATENCIES } from "./latency.ts";
import { formNetwork, ourGossip } from "./network.ts";
import { collectHints } from "./publications.ts";
import { quantileOf } from "./quantileOf.ts";

/** The load of `bench -- net`, for a shorter time. */
const PER_SECOND = 100;
const SECONDS = 5;
const IDLE_SECONDS = 5;

export interface NetworkFigures {
  coverage: number;
  p50Ms: number;
  p99Ms: number;
  /** Sent and received by a peer, over what it does when nobody speaks. */
  bytesPerPeerPerSecond: number;
  /** Share of a processor that a peer takes, over what it takes then. */
  cpuSharePerPeer: number;
}

export interface Validation {
  peers: number;
  authors: number;
  measured: NetworkFigures;
  simulated: NetworkFigures;
}

type Used = { cpuMs: number; bytes: number };

async function report(members: readonly MemberProcess[], startedAt: number) {
  const reports = await Promise.all(members.map((member) => member.order({ do: "report" })));
  const seconds = (performance.now() - startedAt) / 1_000;
  const perPeer = (key: keyof Used) =>
    reports.reduce((sum, { [key]: own = 0 }) => sum + own, 0) / members.length / seconds;
  const latencies = reports.flatMap(({ latencies: own = [] }) => own);
  return { latencies, cpuMs: perPeer("cpuMs"), bytes: perPeer("bytes") };
}

async function speak(members: readonly MemberProcess[], authors: number, idle: Used) {
  await Promise.all(members.map((member) => member.order({ do: "begin" })));
  const startedAt = performance.now();
  const count = Math.round((SECONDS * PER_SECOND) / authors);
  const say = { do: "say", count, perSecond: PER_SECOND / authors } as const;
  await Promise.all(members.slice(0, authors).map((member) => member.order(say)));
  // The last ids are told of three seconds later.
  await sleep(3_500);
  const { latencies, cpuMs, bytes } = await report(members, startedAt);
  const seconds = (performance.now() - startedAt) / 1_000;
  const overIdle = (busy: number, calm: number) => ((busy - calm) * seconds) / SECONDS;
  return {
    coverage: latencies.length / (count * authors * (members.length - 1)),
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    bytesPerPeerPerSecond: overIdle(bytes, idle.bytes),
    cpuSharePerPeer: overIdle(cpuMs, idle.cpuMs) / 1_000,
  };
}

function simulate(
  peers: number,
  authors: number,
  costs: Costs,
  frames: FrameBytes,
): NetworkFigures {
  const network = formNetwork({
    ...{ peers, connections: peers, latency: LATENCIES.loopback, gossip: ourGossip() },
    ...{ silentShare: 0, seed: 1 },
  });
  const count = Math.round((SECONDS * PER_SECOND) / authors);
  const gapMs = (1_000 * authors) / PER_SECOND;
  const publications = Array.from({ length: authors }, (_, author) => {
    // All begin at the same moment, as those told to at once.
    const times = Array.from({ length: count }, (_, i) => i * gapMs);
    return collectHints(times).map(({ atMs, saidAtMs }) => {
      return { author, atMs, saidAtMs, bytes: frames.message(someHints(saidAtMs.length)) };
    });
  }).flat();
  const cores = Math.min(peers, availableParallelism());
  const played = broadcast({ network, costs, frames, publications, cores });
  const control = controlTraffic(network, publications.length / SECONDS, costs, frames);
  return {
    coverage: played.coverage,
    p50Ms: quantileOf(played.latencies, 0.5),
    p99Ms: quantileOf(played.latencies, 0.99),
    bytesPerPeerPerSecond: played.bytes / peers / SECONDS + control.bytesPerSecond,
    cpuSharePerPeer: played.cpuMs / peers / SECONDS / 1_000 + control.cpuShare,
  };
}

/** @returns for one author, and for as many as there are peers. */
export async function validate(
  peers: number,
  costs: Costs,
  frames: FrameBytes,
): Promise<Validation[]> {
  const { members } = await startProcesses("ours", peers);
  try {
    await sleep(3_000); // meshes form within two heartbeats
    await Promise.all(members.map((member) => member.order({ do: "begin" })));
    const startedAt = performance.now();
    await sleep(IDLE_SECONDS * 1_000);
    const idle = await report(members, startedAt);
    const validations: Validation[] = [];
    for (const authors of [1, peers]) {
      const measured = await speak(members, authors, idle);
      validations.push({
        peers,
        authors,
        measured,
        simulated: simulate(peers, authors, costs, frames),
      });
    }
    return validations;
  } finally {
    for (const member of members) await member.stop();
  }
}
