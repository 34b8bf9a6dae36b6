import { existsSync } from "node:fs";
import { join } from "node:path";
import { createMarketClient } from "@assay/sdk";
import { loadOptions, UsageError } from "@assay/worker/config";
import {
  askIfRunning,
  type ControlStatus,
  connectChain,
  NodeControlError,
  readStatus,
  type StoreStatus,
} from "@assay/worker/operate";
import { type Command, table, toJson } from "@assay/worker/process";
import { type Address, formatEther } from "viem";
import { statusOptions } from "./statusOptions.ts";

export const statusCommand: Command = {
  summary: "show what a node knows and does, from its data folder and, if it runs, from itself",
  options: statusOptions,
  async run(argv, { environment, stdout }) {
    const { dataDir, rpc, json } = loadOptions(statusOptions, argv, environment).values;
    const file = join(dataDir, "node.sqlite");
    const { running, problem } = await ask(dataDir);
    if (running === undefined && problem === undefined && !existsSync(file)) {
      throw new UsageError(`There is no node in ${dataDir}: give its folder with --data-dir.`);
    }
    const stored = existsSync(file) ? readStatus(file) : undefined;
    const money =
      rpc.length === 0 || stored === undefined
        ? running?.chain?.money
        : await readMoney(stored, rpc);
    const node = running && liveOf(running);
    stdout.write(
      json
        ? `${toJson({ ...stored, ...money, node: node ?? null, problem })}\n`
        : `${table(rowsOf(stored, money, node, problem))}\n`,
    );
    return problem === undefined ? 0 : 1;
  },
};

/** What a node in no state to answer has written down is shown all the same. */
async function ask(dataDir: string): Promise<{ running?: ControlStatus; problem?: string }> {
  try {
    const running = await askIfRunning(dataDir);
    return running === undefined ? {} : { running };
  } catch (error) {
    if (!(error instanceof NodeControlError) || error.code === "NODE_FORBIDDEN") throw error;
    return { problem: error.shortMessage };
  }
}

/** The part of the status that only a running node knows. */
function liveOf(status: ControlStatus) {
  const { roles, peerId, multiaddrs, peers, isDraining, disk, chain, readiness } = status;
  const { holds = [], games = [], refusals = {}, arbiters = [] } = chain ?? {};
  const own = { roles, peerId, multiaddrs, peers: peers.length, isDraining, disk };
  return { ...own, holds, games, refusals, arbiters, ...readiness };
}

/** Wei; decimal strings where a node has told them. */
interface Money {
  stakeWei: bigint | string;
  lockedWei: bigint | string;
  creditWei: bigint | string;
  /** A running node alone knows which tokens it takes. */
  tokenCredits?: readonly { token: Address; credit: bigint | string }[];
}

async function readMoney(
  { marketplace, account }: StoreStatus,
  rpc: readonly string[],
): Promise<Money> {
  const { chain, transport } = await connectChain(rpc);
  const client = createMarketClient({ chain, transport, marketplace });
  const { stake, locked } = await client.getAccount({ account });
  return { stakeWei: stake, lockedWei: locked, creditWei: await client.getCredit({ account }) };
}

function rowsOf(
  stored: StoreStatus | undefined,
  money: Money | undefined,
  node: ReturnType<typeof liveOf> | undefined,
  problem: string | undefined,
): [string, string][] {
  const ether = (wei: bigint | string) => formatEther(BigInt(wei));
  const counts = (of: Partial<Record<string, number>>) =>
    Object.entries(of)
      .map(([state, count]) => `${count} ${state}`)
      .join(", ") || "none";
  const rows: [string, string][] = [["node", problem ?? standing(node)]];
  if (node !== undefined) {
    rows.push(["roles", node.roles.join(", ")], ["peers", String(node.peers)]);
    if (node.disk !== undefined) rows.push(["disk", disk(node.disk)]);
    for (const { name, problem, isWarning } of node.checks) {
      if (problem !== undefined)
        rows.push([isWarning ? "warning" : "not ready", `${name}: ${problem}`]);
    }
    if (Object.keys(node.refusals).length > 0) {
      rows.push(["refused", `${counts(node.refusals)} (jobs since its start, by reason)`]);
    }
    for (const { jobId, reason } of node.holds) {
      rows.push(["waits", `job ${jobId.slice(0, 10)}…: ${reason}`]);
    }
    for (const { id, stage, party, isOurTurn, givenUp, problem: trouble } of node.games) {
      const turn = isOurTurn ? "this node is to move" : "the other party is to move";
      const how = givenUp === undefined ? (trouble ?? turn) : `given up: ${givenUp}`;
      rows.push(["dispute", `${id.slice(0, 10)}… ${stage}, as its ${party}: ${how}`]);
    }
  }
  if (stored !== undefined) {
    rows.push(
      ["account", stored.account],
      ["marketplace", `${stored.marketplace} on chain ${stored.chainId}`],
      ["read up to block", String(stored.nextBlock - 1n)],
      ["jobs", counts(stored.jobs)],
      ["batches", counts(stored.batches)],
    );
  }
  if (money !== undefined) {
    rows.push(
      ["stake", `${ether(money.stakeWei)} ether, ${ether(money.lockedWei)} locked`],
      ["credit", `${ether(money.creditWei)} ether`],
    );
    for (const { token, credit } of money.tokenCredits ?? []) {
      rows.push(["credit", `${credit} units of the token ${token}`]);
    }
  }
  return rows;
}

function standing(node: ReturnType<typeof liveOf> | undefined): string {
  if (node === undefined) return "does not run, or has not finished its start";
  const { isDraining, ready } = node;
  if (isDraining) return "finishes what it has claimed, and ends";
  return ready ? "runs, and is ready" : "runs, and is not ready";
}

function disk({ usedBytes, quotaBytes }: NonNullable<ControlStatus["disk"]>): string {
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  return `${megabytes(usedBytes)}${quotaBytes === undefined ? "" : ` of ${megabytes(quotaBytes)}`}`;
}
