import type { NodeStatus } from "../node/status.ts";

/** What a claim, a submission, a settlement and a withdrawal take together, in gas. */
const GAS_OF_A_BATCH = 1_000_000n;

export interface Check {
  name: "started" | "chain" | "gas" | "peers" | "disk" | "draining";
  ok: boolean;
  /** What is wrong, and what to do about it. */
  problem?: string;
}

export interface Readiness {
  ready: boolean;
  checks: Check[];
}

/**
 * Whether a node can do what it is for: it has caught up with the chain, can pay for gas, has peers and room on its disk, and is
 * not about to end.
 * @param status - `undefined` as long as the node is starting.
 */
export function readinessOf(status: NodeStatus | undefined): Readiness {
  const checks = status === undefined ? [starting] : checksOf(status);
  return { ready: checks.every(({ ok }) => ok), checks };
}

const starting: Check = { name: "started", ok: false, problem: "the node is starting" };

function checksOf({ chain, disk, isDraining, isFirst, peers }: NodeStatus): Check[] {
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
    check("disk", disk?.isFull !== true, "there is no room: free some, or raise node.diskQuota"),
    check("draining", !isDraining, "the node finishes what it has claimed, and ends"),
  ];
}

function canPay(money: { balanceWei: bigint; gasPriceWei: bigint } | undefined): boolean {
  return money !== undefined && money.balanceWei >= GAS_OF_A_BATCH * money.gasPriceWei;
}
