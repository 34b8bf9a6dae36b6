import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPeer, type Peer } from "@assay/network";
import {
  createJuryClient,
  createMarketClient,
  type JuryClient,
  type MarketClient,
} from "@assay/sdk";
import { http } from "viem";
import { hardhat } from "viem/chains";
import { type LocalChain, startChain } from "./chain.ts";
import type { LocalnetError } from "./errors.ts";
import { type LocalWorker, type NodeLog, type NodePlan, startWorker } from "./worker.ts";

/** How often clients look at the chain; a local chain answers in a millisecond. */
export const POLLING_INTERVAL_MS = 200;

/** Accounts of the chain: 0 deploys, 1 asks, the others work. */
export const REQUESTER = 1;
export const FIRST_WORKER = 2;

export interface LocalnetOptions {
  /** Number of nodes that will be started at most. */
  nodes: number;
  /** Whether there is a JuryArbiter. */
  withJury?: boolean;
  /** Whether there is an ERC-20 token, all of it the requester's, which the nodes take as pay. */
  withToken?: boolean;
  /** Port of the chain's JSON-RPC; 0 takes any free one. */
  port?: number;
  /** Called for every line of every node's log. */
  onLog?: (log: NodeLog, node: NodePlan) => void;
  /** Is called when a node ends without being asked to. */
  onFailure: (error: LocalnetError) => void;
  signal: AbortSignal;
}

/** A chain with a Marketplace, a requester with a p2p peer, and nodes as processes of their own, all on this machine. */
export interface Localnet extends AsyncDisposable {
  chain: LocalChain;
  /** The requester's own place in the network: its content and its gossip. */
  peer: Peer;
  /** The requester's client. */
  market: MarketClient;
  /** The requester's client of the jury, if there is one. */
  jury: JuryClient | undefined;
  /** Starts nodes, side by side, and waits until they follow the chain. */
  start(plans: readonly NodePlan[]): Promise<LocalWorker[]>;
}

/**
 * Starts a chain and a requester; nodes are started by what is returned. When it fails, or when the result is disposed of, every
 * process is gone and every temporary file deleted.
 * @throws {@link LocalnetError}
 */
export async function startLocalnet({
  nodes,
  withJury = false,
  withToken = false,
  port = 0,
  onLog,
  onFailure,
  signal,
}: LocalnetOptions): Promise<Localnet> {
  /** In the order of the starts; run in the opposite one. */
  const ends: (() => Promise<void>)[] = [];
  async function endAll(): Promise<void> {
    for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
  }

  try {
    const dataDir = await mkdtemp(join(tmpdir(), "assay-"));
    ends.push(() => rm(dataDir, { recursive: true, force: true }));
    const chain = await startChain({
      port,
      accounts: FIRST_WORKER + nodes,
      withJury,
      tokenHolder: withToken ? REQUESTER : undefined,
      onFailure,
      signal,
    });
    ends.push(() => chain.stop());
    const peer = await createPeer({
      memory: true,
      network: "local",
      bootstrap: [],
      chainId: hardhat.id,
      marketplace: chain.marketplace,
      account: chain.account(REQUESTER),
    });
    ends.push(() => peer.stop());
    const market = createMarketClient({
      chain: hardhat,
      transport: http(chain.rpcUrl),
      account: chain.account(REQUESTER),
      marketplace: chain.marketplace,
      content: peer.content,
      announcer: peer.announcer,
      pollingIntervalMs: POLLING_INTERVAL_MS,
    });
    return {
      chain,
      peer,
      market,
      jury: chain.jury === undefined ? undefined : createJuryClient(market, chain.jury),
      start(plans) {
        const starts = plans.map((plan) =>
          startWorker({
            plan,
            chain,
            signal,
            dataDir: join(dataDir, plan.name),
            bootstrap: peer.multiaddrs,
            onLog: (log) => onLog?.(log, plan),
            onExit: onFailure,
          }),
        );
        for (const start of starts) {
          // One that fails must not leave the others behind.
          ends.push(async () => (await start.catch(() => undefined))?.stop());
        }
        return Promise.all(starts);
      },
      [Symbol.asyncDispose]: endAll,
    };
  } catch (error) {
    await endAll();
    throw error;
  }
}

/** Workers that do nothing else, each with stake for so many batches at a time. */
export function workerPlans(count: number, stakeWei: bigint): NodePlan[] {
  return Array.from({ length: count }, (_, index) => ({
    ...{ name: `worker-${index + 1}`, account: FIRST_WORKER + index },
    ...{ roles: ["worker"], stakeWei },
  }));
}
