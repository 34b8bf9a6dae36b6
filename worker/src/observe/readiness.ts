import { formatEther } from "viem";
import type { Money } from "../account/money.ts";
import type { Stall } from "../kernel/progress.ts";
import type { ChainStatus, NodeStatus } from "../node/status.ts";

/** Gas of a claim, a submission, a settlement and a withdrawal together. */
const GAS_OF_A_BATCH = 1_000_000n;

export interface Check {
  name:
    | "started"
    | "progress"
    | "chain"
    | "gas"
    | "stake"
    | "jurorStake"
    | "arbiter"
    | "dispute"
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
 * Determines whether a node is ready: it has caught up with the chain, makes progress, can pay for gas, has the stake that its roles need,
 * peers and disk space, and is not about to end.
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

function checksOf(status: NodeStatus): Check[] {
  const { chain, disk, isDraining, reachability, partitionSuspectedSince, market } = status;
  return [
    check("started", true, ""),
    ...(chain === undefined
      ? []
      : [
          check("chain", chain.isFollowed, "the chain is not followed: look at its RPC"),
          gasOf(chain),
          ...roleChecksOf(status, chain),
          disputesOf(chain),
        ]),
    peersOf(status),
    reachOf(reachability),
    partitionOf(partitionSuspectedSince),
    clockOf(market),
    check("disk", disk?.isFull !== true, "there is no room: free some, or raise node.diskQuota"),
    check("draining", !isDraining, "the node finishes what it has claimed, and ends"),
  ];
}

function check(name: Check["name"], ok: boolean, problem: string): Check {
  return ok ? { name, ok } : { name, ok, problem };
}

/** What a role needs of the account and of the policy. */
function roleChecksOf({ roles }: NodeStatus, { money, arbiters }: ChainStatus): Check[] {
  const checks: Check[] = [];
  if (roles.includes("worker")) {
    if (money !== undefined) checks.push(stakeOf(money));
    checks.push(arbiterOf(arbiters));
  }
  if (roles.includes("juror") && money?.jurorTickets !== undefined) {
    const problem =
      "the account has no stake as a juror, and is never drawn: start the node with --juror-stake <amount>";
    checks.push(check("jurorStake", money.jurorTickets > 0n, problem));
  }
  return checks;
}

function stakeOf({ stakeWei, leastStakeWei }: Money): Check {
  const least = formatEther(leastStakeWei);
  const problem = `the stake of ${formatEther(stakeWei)} ether is too small for any batch, which locks ${least} at least: start the node with --stake ${least} or more`;
  return check("stake", stakeWei >= leastStakeWei, problem);
}

/** With less of this share of a whole clock left, a move is late. */
const LATE_SHARE = 0.25;

/** A move before a proof arbiter that is due and not made: who runs out of time loses stake. */
function disputesOf({ games, head }: ChainStatus): Check {
  const due = games.filter(({ isOurTurn, givenUp }) => isOurTurn && givenUp === undefined);
  const problems = due.flatMap(({ id, endsAt, ownLeftSeconds, problem }) => {
    const left = Math.max(0, endsAt - head.timestamp);
    const isLate = left < LATE_SHARE * ownLeftSeconds;
    if (problem === undefined && !isLate) return [];
    return `a move in dispute ${id} is due, ${left} s are left: ${problem ?? "it takes long to find"}`;
  });
  return problems.length === 0
    ? { name: "dispute", ok: true }
    : { name: "dispute", ok: false, problem: problems.join("; ") };
}

/** Jobs without an arbiter are taken all the same. */
function arbiterOf(arbiters: ChainStatus["arbiters"]): Check {
  if (arbiters.length > 0) return { name: "arbiter", ok: true };
  const problem =
    "no arbiter is accepted, so jobs that have one are refused: start the node with --proof <address of the ProofArbiter>, or --arbiter <address of another>";
  return { name: "arbiter", ok: false, problem, isWarning: true };
}

/** One that enters by nobody waits for others to enter by it. */
function peersOf({ isFirst, peers }: NodeStatus): Check {
  if (peers.length > 0) return { name: "peers", ok: true };
  if (!isFirst) {
    const problem =
      "no peer is connected: look at the addresses of --bootstrap, and at assay net status";
    return { name: "peers", ok: false, problem };
  }
  const problem =
    "no peer is connected, and none is named to enter by: start the node with --bootstrap <multiaddr>, unless it is the first of its network";
  return { name: "peers", ok: false, problem, isWarning: true };
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

function gasOf({ account, money, isRelayed }: ChainStatus): Check {
  if (isRelayed) return { name: "gas", ok: true };
  if (money === undefined) {
    return check("gas", false, "the chain does not say what the account has: look at its RPC");
  }
  const neededWei = GAS_OF_A_BATCH * money.gasPriceWei;
  const problem = `the account has ${formatEther(money.balanceWei)} ether, and a batch takes some ${formatEther(neededWei)} of gas: send some to ${account}`;
  return check("gas", money.balanceWei >= neededWei, problem);
}

/** Checks about what only the node's operator can give it. */
const GIVEN: readonly Check["name"][] = ["gas", "stake", "jurorStake", "arbiter", "peers"];

/** What a node that has started lacks, and what would mend that. */
export function lacksOf({ checks }: Readiness): { what: Check["name"]; problem: string }[] {
  return checks.flatMap(({ name, problem }) =>
    problem !== undefined && GIVEN.includes(name) ? [{ what: name, problem }] : [],
  );
}
