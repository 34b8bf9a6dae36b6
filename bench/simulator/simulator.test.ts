import { expect, it } from "vitest";
import { COLLECT_MS } from "../../network/src/gossip/limits.ts";
import { encodeMessage, jobsTopic, MAX_HINTS } from "../../network/src/gossip/message.ts";
import { gossipSigner, signedDelegation } from "../../network/test/gossip.ts";
import { measureFrames, someHints } from "../../network/test/gossipFrames.ts";
import { BENCH_MARKET } from "../../network/test/gossipMembers.ts";
import { type BroadcastOptions, broadcast } from "./broadcast.ts";
import { playClaims } from "./claims.ts";
import { isOutbound, neighbourOf } from "./connections.ts";
import { RECORDED_COSTS } from "./costs.ts";
import { LATENCIES } from "./latency.ts";
import { formNetwork, type NetworkOptions, ourGossip } from "./network.ts";
import { collectHints, messagesOfHints, type Publication } from "./publications.ts";
import { quantileOf } from "./quantileOf.ts";
import { drawsOf } from "./random.ts";
import { OUR_RULES, ratesOf, targetOf } from "./workload.ts";

const frames = await measureFrames();
const bytes = frames.message(someHints(1));

function networkOf(options: Partial<NetworkOptions> = {}) {
  return formNetwork({
    ...{ peers: 1_000, connections: 50, latency: LATENCIES.internet, gossip: ourGossip() },
    ...{ silentShare: 0, seed: 1, ...options },
  });
}

function hints(count: number, everyMs: number, peers: number): Publication[] {
  return Array.from({ length: count }, (_, i) => {
    return { author: (i * 37) % peers, atMs: i * everyMs, saidAtMs: [i * everyMs], bytes };
  });
}

function play(options: Partial<BroadcastOptions> = {}) {
  const network = options.network ?? networkOf();
  const publications = hints(20, 1_000, network.peers);
  return broadcast({ network, costs: RECORDED_COSTS, frames, publications, ...options });
}

it("is the same for the same seed, and another for another", () => {
  const one = play();
  expect(play()).toEqual(one);
  expect(play({ network: networkOf({ seed: 2 }) }).latencies).not.toEqual(one.latencies);
});

it("a mesh has between Dlo and Dhi neighbours, or a few more that the peer dialled, on both sides", () => {
  const { mesh, gossip } = networkOf();
  for (let peer = 0; peer < mesh.peers; peer++) {
    const row = mesh.links.subarray(peer * mesh.room, peer * mesh.room + (mesh.counts[peer] ?? 0));
    expect(row.length).toBeGreaterThanOrEqual(gossip.Dlo);
    expect(row.length).toBeLessThanOrEqual(gossip.Dhi);
    expect(row.filter(isOutbound).length).toBeGreaterThanOrEqual(gossip.Dout);
    row.forEach((link, slot) => {
      const back = mesh.back[peer * mesh.room + slot] ?? -1;
      const theirs = mesh.links[neighbourOf(link) * mesh.room + back] ?? -1;
      expect(neighbourOf(theirs)).toBe(peer);
      expect(isOutbound(theirs)).toBe(!isOutbound(link));
    });
  }
});

it("every message reaches everybody who is there, also past peers that are gone", () => {
  expect(play().coverage).toBe(1);
  const network = networkOf({ silentShare: 0.2 });
  const publications = hints(20, 1_000, network.peers).filter(
    ({ author }) => network.silent[author] === 0,
  );
  const played = play({ network, publications });
  expect(network.present).toBeLessThan(900);
  expect(played.coverage).toBe(1);
});

it("more load than a processor can carry makes delays grow, and less does not", () => {
  const network = networkOf({ peers: 50 });
  const p99Of = (count: number, everyMs: number) =>
    quantileOf(play({ network, publications: hints(count, everyMs, 50) }).latencies, 0.99);
  const calm = p99Of(100, 100);
  expect(p99Of(400, 100)).toBeLessThan(1.5 * calm);
  const costMs = RECORDED_COSTS.first / 4;
  const overloaded = p99Of(1_000, costMs);
  expect(overloaded).toBeGreaterThan(1.5 * calm);
  expect(p99Of(2_000, costMs)).toBeGreaterThan(1.5 * overloaded);
});

it("load that is not followed delays as load that is", () => {
  const network = networkOf({ peers: 200, latency: LATENCIES.dataCentre });
  const alone = play({ network, publications: hints(100, 1_000, 200) });
  const pieceMs = alone.cpuMs / 100 / 200;
  const share = 0.7;
  const draws = drawsOf(1);
  let at = 0;
  const all = hints(4_000, 0, 200).map((one) => {
    at += draws.exponential(pieceMs / share);
    return { ...one, atMs: at, saidAtMs: [at] };
  });
  const followed = play({ network, publications: all });
  const background = { share, pieceMs };
  const assumed = play({ network, publications: hints(200, 1_000, 200), background });
  const [calmMs = 0, oneMs = 0, otherMs = 0] = [alone, followed, assumed].map(({ latencies }) =>
    quantileOf(latencies, 0.5),
  );
  expect(oneMs).toBeGreaterThan(1.2 * calmMs);
  expect(otherMs / oneMs).toBeGreaterThan(0.67);
  expect(otherMs / oneMs).toBeLessThan(1.5);
});

it("of strangers that everybody ignores nothing comes, and of known ones all", () => {
  const publications = hints(10, 1_000, 1_000).map((one, i) => ({
    ...one,
    isStranger: i % 2 === 0,
  }));
  expect(play({ publications, ignoredShare: 1 }).coverage).toBe(0.5);
});

it("messages have the bytes that the real encoder makes of them", async () => {
  const signer = gossipSigner();
  const { delegation } = await signedDelegation(signer, { market: BENCH_MARKET });
  const topic = jobsTopic(BENCH_MARKET.chainId, BENCH_MARKET.marketplace);
  for (const count of [1, 2, MAX_HINTS]) {
    const message = { sequence: Date.now() * 1_024, atMs: Date.now(), delegation };
    const body = someHints(count);
    const encoded = encodeMessage(topic, { ...message, body }, signer);
    expect(frames.message(body)).toBe(encoded.length);
  }
  const network = networkOf();
  const { bytes: sent, duplicateFactor } = play({ network, publications: hints(1, 0, 1_000) });
  const copies = sent / 2 / frames.withMessage(bytes);
  expect(copies).toBeCloseTo(duplicateFactor * 999, 0);
});

it("an outbox says the first hint at once and those that follow together", () => {
  expect(collectHints([0, 10, 20, COLLECT_MS + 1, 500])).toEqual([
    { atMs: 0, saidAtMs: [0] },
    { atMs: COLLECT_MS, saidAtMs: [10, 20] },
    { atMs: 2 * COLLECT_MS, saidAtMs: [COLLECT_MS + 1] },
    { atMs: 500, saidAtMs: [500] },
  ]);
  const many = collectHints(Array.from({ length: 100 }, () => 0));
  expect(many.map(({ saidAtMs }) => saidAtMs.length)).toEqual([MAX_HINTS, 100 - MAX_HINTS]);
});

it("hints that come by chance make as many messages as is reckoned", () => {
  const draws = drawsOf(1);
  let at = 0;
  const times = Array.from({ length: 20_000 }, () => {
    at += draws.exponential(1_000 / 40);
    return at;
  });
  expect((collectHints(times).length / at) * 1_000).toBeCloseTo(messagesOfHints(40), 0);
});

it("who knows everybody doubles no claim; who knows a tenth doubles most", () => {
  const common = {
    ...{ workers: 200, batches: 200, blockSeconds: 2, freeShare: 0.5, freshShare: 1 },
    ...{ heardMs: [100, 200, 300], seesPending: false },
  };
  expect(playClaims({ ...common, knownShare: 1 }, drawsOf(1)).doubledShare).toBe(0);
  const blind = playClaims({ ...common, knownShare: 0.1 }, drawsOf(1));
  expect(blind.doubledShare).toBeGreaterThan(0.8);
  expect(blind.doubledShare).toBeLessThan(0.95);
  const seeing = playClaims({ ...common, knownShare: 0.1, seesPending: true }, drawsOf(1));
  expect(seeing.doubledShare).toBeLessThan(blind.doubledShare);
});

it("the load is the table's at both its ends", () => {
  expect(targetOf(10)).toEqual({ tasksPerSecond: 1_000, p99Ms: 50 });
  expect(targetOf(10_000).tasksPerSecond).toBeCloseTo(450_000);
  expect(targetOf(10_000).p99Ms).toBeCloseTo(2_000);
  const { hints: jobs, batches, presences } = ratesOf(10_000, 450_000, OUR_RULES);
  expect([jobs, batches, presences]).toEqual([45, 450, 900]);
});
