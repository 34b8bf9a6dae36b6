import { REACH_STATES } from "@assay/network";
import type { Stall } from "../kernel/progress.ts";
import type { MarketStatus } from "../node/marketStatus.ts";
import type { NodeStatus } from "../node/status.ts";
import type { Metrics } from "./metrics.ts";
import { readinessOf } from "./readiness.ts";

const NOTHING_FETCHED = { announced: 0, waiting: 0, held: 0 };

/** Updates the gauges from the node's status when the metrics are requested. */
export function collectStatus(
  metrics: Metrics,
  status: NodeStatus | undefined,
  version: string,
  stalls: readonly Stall[] = status?.stalls ?? [],
): void {
  const { node, p2p, process: own } = metrics;
  const { ready, checks } = readinessOf(status, stalls);
  node.stalled.reset();
  for (const { area, forMs } of stalls) node.stalled.set({ area }, forMs / 1_000);
  node.ready.set(Number(ready));
  node.check.reset();
  for (const { name, ok } of checks) node.check.set({ check: name }, Number(ok));
  collectProcess(own);
  if (status === undefined) return;
  const { roles, peerId, peers, reachability, isDraining, disk, chain, market } = status;
  node.info.reset();
  node.info.set({ version, roles: roles.join(","), peer_id: peerId }, 1);
  node.draining.set(Number(isDraining));
  p2p.connections.set(peers.length);
  for (const state of REACH_STATES) p2p.reach.set({ state }, Number(state === reachability.state));
  p2p.parted.set(Number(status.partitionSuspectedSince !== undefined));
  p2p.relays.set(reachability.relays.length);
  const { announced, waiting, held } = status.announcements ?? NOTHING_FETCHED;
  for (const [state, count] of Object.entries({ announced, waiting, held })) {
    p2p.announcements.set({ state }, count);
  }
  if (market !== undefined) collectMarket(p2p, market);
  if (disk !== undefined) collectDisk(metrics.disk, disk);
  if (chain !== undefined) collectChain(metrics, chain);
}

function collectMarket(p2p: Metrics["p2p"], { gossip, clock, present, suspected }: MarketStatus) {
  p2p.mesh.set(gossip.mesh.length);
  p2p.present.set(present);
  p2p.suspected.set(suspected.length);
  p2p.bans.set(gossip.bans);
  p2p.messages.reset();
  for (const [verdict, count] of Object.entries(gossip.heard)) p2p.messages.inc({ verdict }, count);
  p2p.clockAhead.reset();
  if (clock.aheadMs !== undefined) p2p.clockAhead.set(clock.aheadMs / 1_000);
}

function collectProcess({ memory, cpu, started }: Metrics["process"]): void {
  memory.set(process.memoryUsage.rss());
  const { user, system } = process.cpuUsage();
  cpu.reset();
  cpu.inc((user + system) / 1e6);
  started.set(Math.round(Date.now() / 1_000 - process.uptime()));
}

function collectDisk(
  { blocks, quota, free, full }: Metrics["disk"],
  { usedBytes, quotaBytes, freeBytes, isFull }: NonNullable<NodeStatus["disk"]>,
): void {
  blocks.set(usedBytes);
  if (quotaBytes === undefined) quota.remove();
  else quota.set(quotaBytes);
  free.set(freeBytes);
  full.set(Number(isFull));
}

function collectChain(
  { account, batches, chain, disputes, jobs, tasks }: Metrics,
  status: NonNullable<NodeStatus["chain"]>,
): void {
  const { head, isFollowed, money, nextBlock, processes } = status;
  chain.followed.set(Number(isFollowed));
  chain.headBlock.set(Number(head.number));
  chain.headTimestamp.set(head.timestamp);
  chain.readBlock.set(Number(nextBlock) - 1);
  tasks.processes.set(processes);
  jobs.held.set(status.holds.length);
  jobs.known.reset();
  for (const [state, count] of Object.entries(status.jobs)) jobs.known.set({ state }, count);
  batches.known.reset();
  for (const [state, count] of Object.entries(status.batches)) batches.known.set({ state }, count);
  disputes.games.reset();
  const stages = Map.groupBy(status.games, ({ stage }) => stage);
  for (const [stage, games] of stages) disputes.games.set({ stage }, games.length);
  const ends = status.games.flatMap(({ isOurTurn, givenUp, endsAt }) =>
    isOurTurn && givenUp === undefined ? [endsAt - head.timestamp] : [],
  );
  disputes.clock.remove();
  if (ends.length > 0) disputes.clock.set(Math.max(0, Math.min(...ends)));
  if (money === undefined) return;
  account.balance.set(Number(money.balanceWei));
  account.stake.set(Number(money.stakeWei));
  account.locked.set(Number(money.lockedWei));
  account.credit.set(Number(money.creditWei));
  chain.gasPrice.set(Number(money.gasPriceWei));
}
