import { readFile } from "node:fs/promises";
import { Registry } from "prom-client";
import { zeroAddress } from "viem";
import { describe, expect, test } from "vitest";
import type { NodeStatus } from "../node/status.ts";
import { collectStatus } from "./collect.ts";
import type { Descriptor } from "./descriptors.ts";
import { feedMetrics } from "./feed.ts";
import { createMetrics } from "./metrics.ts";
import { metricTree } from "./metricTree.ts";
import { lacksOf, readinessOf } from "./readiness.ts";

const descriptors: Descriptor[] = Object.values(metricTree).flatMap((area) => Object.values(area));

describe("names", () => {
  test.each(descriptors.map(({ name, kind }) => [name, kind] as const))(
    "%s, a %s",
    (name, kind) => {
      expect(name).toMatch(/^assay(_[a-z0-9]+)+$/);
      expect(name.endsWith("_total")).toBe(kind === "counter");
      if (kind === "histogram") expect(name).toMatch(/_(seconds|bytes)$/);
      // One unit each, spelled in full.
      expect(name).not.toMatch(/_(ms|millis|milliseconds|minutes|kb|mb|ether|gwei)(_|$)/);
    },
  );

  test("are each used once", () => {
    expect(new Set(descriptors.map(({ name }) => name)).size).toBe(descriptors.length);
  });
});

test("docs/METRICS.md and the code name the same metrics, with kind and labels", async () => {
  const page = await readFile(new URL("../../../docs/METRICS.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| `(assay_\w+)` \| (\w+) \| ([^|]*)\|/gm)].map(
    ([, name, kind, labels = ""]) => ({
      name,
      kind,
      labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label),
    }),
  );
  const ofNodes = rows.filter(({ name }) => !name?.startsWith("assay_relayer_"));
  const byName = (a: { name?: string | undefined }, b: { name?: string | undefined }) =>
    String(a.name).localeCompare(String(b.name));
  const known = descriptors.map(({ name, kind, labels }) => ({ name, kind, labels: [...labels] }));
  expect(ofNodes.sort(byName)).toEqual(known.sort(byName));
});

async function counted(): Promise<{
  metrics: ReturnType<typeof createMetrics>;
  values: () => Promise<Map<string, number>>;
}> {
  const registry = new Registry();
  const metrics = createMetrics(registry);
  return {
    metrics,
    async values() {
      const text = await registry.metrics();
      return new Map(
        [...text.matchAll(/^(assay_\S+) (\S+)$/gm)].map(([, name = "", value]) => [
          name,
          Number(value),
        ]),
      );
    },
  };
}

test("tasks are counted once each, also of a batch that was begun before the node's start", async () => {
  const { metrics, values } = await counted();
  const report = feedMetrics(metrics);
  const jobId = `0x${"ab".repeat(32)}` as const;
  report("batch claimed", { jobId, batch: 0, tasks: 10 });
  report("task computed", { jobId, batch: 0, done: 4, total: 10 });
  report("task computed", { jobId, batch: 0, done: 10, total: 10 });
  report("task computed", { jobId, batch: 1, done: 7, total: 10 });
  report("task computed", { jobId, batch: 1, done: 10, total: 10 });
  for (const batch of [0, 1]) report("batch submitted", { jobId, batch, resultRoot: jobId });
  const token = zeroAddress;
  const rewardWei = 10n ** 16n;
  report("batch settled", { jobId, batch: 0, token, reward: rewardWei, rewardWei });
  const now = await values();
  expect(now.get("assay_tasks_computed_total")).toBe(13);
  expect(now.get("assay_batches_submitted_total")).toBe(2);
  // How long the other one took in all, nobody knows.
  expect(now.get("assay_batches_turnaround_seconds_count")).toBe(1);
  expect(now.get("assay_account_earned_wei_total")).toBe(1e16);
});

const healthy: NodeStatus = {
  ...{ roles: ["worker"], peerId: "peer", multiaddrs: [], isFirst: false, isDraining: false },
  stalls: [],
  reachability: { state: "public", relays: [] },
  peers: [{ peerId: "other", multiaddr: "/ip4/127.0.0.1/tcp/1", agent: "assay/0.1.0" }],
  disk: { usedBytes: 1, quotaBytes: 2, freeBytes: 3, isFull: false },
  chain: {
    ...{ chainId: 1, isFollowed: true, processes: 1, nextBlock: 8n },
    asks: { minRewardPerTaskWei: 0n, weiPerGigafuel: 0n, loadMarkup: 0 },
    account: "0x00000000000000000000000000000000000000A5",
    marketplace: "0x00000000000000000000000000000000000000A5",
    head: { number: 7n, timestamp: 1_000 },
    jobs: { ready: 1 },
    holds: [{ jobId: "0xab", reason: "its arbiter could not decide a dispute" }],
    games: [
      {
        ...{ id: "0xcd", jobId: "0xab", batch: 0, party: "worker", stage: "playing" },
        ...{ isOurTurn: true, endsAt: 1_900, ownLeftSeconds: 1_000 },
      },
    ],
    batches: { submitted: 2, settled: 3 },
    money: {
      ...{ balanceWei: 10n ** 16n, stakeWei: 2n, lockedWei: 1n, creditWei: 0n, tokenCredits: [] },
      ...{ gasPriceWei: 10n ** 9n, leastStakeWei: 2n },
    },
    refusals: { ARBITER: 2 },
    arbiters: ["0x00000000000000000000000000000000000000A5"],
  },
};

test("refused jobs are counted by their kind, whatever else is said of them", async () => {
  const { metrics, values } = await counted();
  const report = feedMetrics(metrics);
  for (const token of ["0xa", "0xb"]) {
    report("job refused", { jobId: "0xab", code: "TOKEN", reason: `it pays in ${token}` });
  }
  report("job refused", { jobId: "0xab", code: "TIME", reason: "it takes too long" });
  const now = await values();
  expect([...now].filter(([name]) => name.startsWith("assay_jobs_refused"))).toEqual([
    ['assay_jobs_refused_total{reason="token"}', 2],
    ['assay_jobs_refused_total{reason="time"}', 1],
  ]);
});

test("gauges are where the node stands, and what is gone is gone", async () => {
  const { metrics, values } = await counted();
  collectStatus(metrics, healthy, "1.2.3");
  const before = await values();
  expect(before.get('assay_batches_known{state="settled"}')).toBe(3);
  expect(before.get("assay_disk_quota_bytes")).toBe(2);
  expect(before.get("assay_chain_read_block")).toBe(7);
  expect(before.get("assay_jobs_held")).toBe(1);
  expect(before.get('assay_disputes_games{stage="playing"}')).toBe(1);
  expect(before.get("assay_disputes_clock_seconds")).toBe(900);
  const { chain, disk } = healthy;
  if (chain === undefined || disk === undefined) throw new TypeError("it has both");
  collectStatus(
    metrics,
    {
      ...healthy,
      disk: { ...disk, quotaBytes: undefined },
      chain: { ...chain, batches: { submitted: 2 }, games: [] },
    },
    "1.2.3",
  );
  const after = await values();
  expect(after.has('assay_batches_known{state="settled"}')).toBe(false);
  expect(after.has("assay_disk_quota_bytes")).toBe(false);
  expect(after.has("assay_disputes_clock_seconds")).toBe(false);
  expect(after.get('assay_node_info{version="1.2.3",roles="worker",peer_id="peer"}')).toBe(1);
});

test("of the ways to reach a node one is counted", async () => {
  const { metrics, values } = await counted();
  collectStatus(metrics, healthy, "1.2.3");
  const reachability = { state: "relayed", relays: ["relay", "other"] } as const;
  collectStatus(metrics, { ...healthy, reachability }, "1.2.3");
  const now = await values();
  expect(now.get('assay_p2p_reach{state="public"}')).toBe(0);
  expect(now.get('assay_p2p_reach{state="relayed"}')).toBe(1);
  expect(now.get('assay_p2p_reach{state="unknown"}')).toBe(0);
  expect(now.get("assay_p2p_relays")).toBe(2);
});

describe("a node is ready", () => {
  const { chain, disk } = healthy;
  const [game] = chain?.games ?? [];
  if (chain?.money === undefined || disk === undefined || game === undefined) {
    throw new TypeError("it has them");
  }

  test("when all is well", () => {
    expect(readinessOf(healthy)).toMatchObject({ ready: true });
  });

  test("alone in a new network, and for the network alone, without a chain", () => {
    expect(readinessOf({ ...healthy, peers: [], isFirst: true }).ready).toBe(true);
    const { chain: _, ...networkOnly } = healthy;
    expect(readinessOf(networkOnly).ready).toBe(true);
  });

  test("with a warning, where nobody can reach it", () => {
    const advice = "forward a port";
    const status: NodeStatus = {
      ...healthy,
      reachability: { state: "unreachable", relays: [], advice },
    };
    const { ready, checks } = readinessOf(status);
    expect(ready).toBe(true);
    expect(checks).toContainEqual({ name: "reach", ok: false, problem: advice, isWarning: true });
  });

  test("whoever is to move in a game, as long as it does not play or has time", () => {
    const givenUp = { ...game, endsAt: 1_001, givenUp: "we are wrong" };
    const theirs = { ...game, endsAt: 1_001, isOurTurn: false };
    const status = { ...healthy, chain: { ...chain, games: [givenUp, theirs] } };
    expect(readinessOf(status).ready).toBe(true);
  });

  const { money } = chain;
  test("with a warning each, where it accepts no arbiter and knows nobody to enter by", () => {
    const status = { ...healthy, peers: [], isFirst: true, chain: { ...chain, arbiters: [] } };
    const readiness = readinessOf(status);
    expect(readiness.ready).toBe(true);
    expect(lacksOf(readiness)).toEqual([
      { what: "arbiter", problem: expect.stringContaining("--arbiter <address") },
      { what: "peers", problem: expect.stringContaining("--bootstrap <multiaddr>") },
    ]);
  });

  test("whatever stake it lacks, if it is no worker", () => {
    const poor = { ...chain, money: { ...money, stakeWei: 0n }, arbiters: [] };
    const { ready, checks } = readinessOf({ ...healthy, roles: ["auditor"], chain: poor });
    expect(ready).toBe(true);
    expect(checks.map(({ name }) => name)).not.toContain("stake");
  });

  test.each<[string, NodeStatus | undefined]>([
    ["started", undefined],
    ["chain", { ...healthy, chain: { ...chain, isFollowed: false } }],
    ["gas", { ...healthy, chain: { ...chain, money: { ...money, balanceWei: 10n ** 14n } } }],
    ["gas", { ...healthy, chain: { ...chain, money: undefined } }],
    ["stake", { ...healthy, chain: { ...chain, money: { ...money, stakeWei: 1n } } }],
    [
      "jurorStake",
      { ...healthy, roles: ["juror"], chain: { ...chain, money: { ...money, jurorTickets: 0n } } },
    ],
    ["peers", { ...healthy, peers: [] }],
    ["disk", { ...healthy, disk: { ...disk, isFull: true } }],
    [
      "progress",
      { ...healthy, stalls: [{ area: "work", reason: "it is claimed", forMs: 31_000 }] },
    ],
    ["draining", { ...healthy, isDraining: true }],
    ["dispute", { ...healthy, chain: { ...chain, games: [{ ...game, problem: "no gas" }] } }],
    ["dispute", { ...healthy, chain: { ...chain, games: [{ ...game, endsAt: 1_200 }] } }],
  ])("but not without: %s", (name, status) => {
    const { ready, checks } = readinessOf(status);
    expect(ready).toBe(false);
    expect(checks.filter(({ ok }) => !ok)).toEqual([
      { name, ok: false, problem: expect.any(String) },
    ]);
  });
});
