import type { Stall } from "../kernel/progress.ts";
import type { NodeStatus } from "../node/status.ts";

/** Gas of a claim, a submission, a settlement and a withdrawal together. */
const GAS_OF_A_BATCH = 1_000_000n;

export interface Check {
  name:
    | "started"
    | "progress"
    | "chain"
    | "gas"
    | "peers"
    | "reach"
    | "partition"
    | "clock"
    | "disk"
    | "draining";
  ok: boolean;
  /** What is wrong, and what to do about it. */
  problem?: string;
  /** The node is ready all the same. */
  isWarning?: true;
}

export interface Readiness {
  ready: boolean;
  checks: Check[];
}

/**
 * Determines whether a node is ready: it has caught up with the chain, makes progress, can pay for gas, has peers and disk space, and is
 * not about to end.
 * @param status - `undefined` as long as the node is starting.
 * @param stalls - where nothing has moved for too long.
 */
export function readinessOf(
  status: NodeStatus | undefined,
  stalls: readonly Stall[] = status?.stalls ?? [],
): Readiness {
  const checks = [...(status === undefined ? [STARTING] : checksOf(status)), progressOf(stalls)];
  return { ready: checks.every(({ ok, isWarning }) => ok || isWarning), checks };
}

const STARTING: Check = { name: "started", ok: false, problem: "the node is starting" };

function progressOf(stalls: readonly Stall[]): Check {
  if (stalls.length === 0) return { name: "progress", ok: true };
  const problems = stalls.map(
    ({ area, reason, forMs }) => `${area}: for ${Math.round(forMs / 1_000)} s, ${reason}`,
  );
  return { name: "progress", ok: false, problem: `nothing moves. ${problems.join("; ")}` };
}

function checksOf({
  chain,
  disk,
  isDraining,
  isFirst,
  peers,
  reachability,
  partitionSuspectedSince,
  market,
}: NodeStatus): Check[] {
  const check = (name: Check["name"], ok: boolean, problem: string): Check =>
    ok ? { name, ok } : { name, ok, problem };
  return [
    check("started", true, ""),
    ...(chain === undefined
      ? []
      : [
          check("chain", chain.isFollowed, "the chain is not followed: look at its RPC"),
          check("gas", canPay(chain.money), "the account cannot pay for gas: send it some"),
        ]),
    check("peers", isFirst || peers.length > 0, "no peer is connected: look at p2p.bootstrap"),
    reachOf(reachability),
    partitionOf(partitionSuspectedSince),
    clockOf(market),
    check("disk", disk?.isFull !== true, "there is no room: free some, or raise node.diskQuota"),
    check("draining", !isDraining, "the node finishes what it has claimed, and ends"),
  ];
}

/** A node that nobody can reach earns all the same: it dials those that it needs. */
function partitionOf(since: number | undefined): Check {
  if (since === undefined) return { name: "partition", ok: true };
  const problem = `many peers were lost at once at ${new Date(since).toISOString()}, and are dialled again: look at this machine's network`;
  return { name: "partition", ok: false, problem, isWarning: true };
}

function reachOf({ advice }: NodeStatus["reachability"]): Check {
  return advice === undefined
    ? { name: "reach", ok: true }
    : { name: "reach", ok: false, problem: advice, isWarning: true };
}

/** Its messages are about to be taken for stale, and windows to be missed; but it works. */
function clockOf(market: NodeStatus["market"]): Check {
  const { aheadMs = 0, isWrong = false } = market?.clock ?? {};
  if (!isWrong) return { name: "clock", ok: true };
  const seconds = `${Math.abs(aheadMs / 1_000).toFixed(1)} s ${aheadMs > 0 ? "ahead of" : "behind"}`;
  const problem = `this machine's clock is ${seconds} those of other nodes: set it by NTP`;
  return { name: "clock", ok: false, problem, isWarning: true };
}

function canPay(money: { balanceWei: bigint; gasPriceWei: bigint } | undefined): boolean {
  return money !== undefined && money.balanceWei >= GAS_OF_A_BATCH * money.gasPriceWei;
}
