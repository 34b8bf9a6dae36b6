import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Peer } from "@assay/network";
import {
  createJuryClient,
  createMarketClient,
  createProofClient,
  type JuryClient,
  type MarketClient,
  type ProofClient,
} from "@assay/sdk";
import { abortable } from "@assay/sdk/concurrency";
import { http } from "viem";
import { hardhat } from "viem/chains";
import { type LocalChain, startChain } from "./chain.ts";
import type { LocalnetError } from "./errors.ts";
import { startGuard } from "./guard.ts";
import { localAccount } from "./localAccount.ts";
import { checkPort } from "./port.ts";
import { forkNode, type LocalNode, type NodeLog, type NodePlan } from "./worker.ts";

/** How often clients look at the chain; a local chain answers in a millisecond. */
export const POLLING_INTERVAL_MS = 200;

/** How long the peer may take to say goodbye. */
const PEER_STOP_MS = 2_000;

/** Accounts of the chain: 0 deploys, 1 asks, the others work. */
export const REQUESTER = 1;
export const FIRST_WORKER = 2;

export interface LocalnetOptions {
  /** Number of nodes that will be started at most. */
  nodes: number;
  /** Nodes that will be started first: their processes load while there is no chain yet. */
  soon?: readonly NodePlan[];
  /** Whether there is a JuryArbiter. */
  withJury?: boolean;
  /** Whether there is an ERC-20 token, all of it the requester's, which the nodes take as pay. */
  withToken?: boolean;
  /** Port of the chain's JSON-RPC; 0 takes any free one. */
  port?: number;
  /** Called for every line of every node's log. */
  onLog?: (log: NodeLog, node: NodePlan) => void;
  /** Is called when the chain, a node or the guard ends without being asked to. */
  onFailure: (error: LocalnetError) => void;
  /** Is called when a part is ready. */
  onStage?: (part: string) => void;
  signal: AbortSignal;
}

/** A chain with a Marketplace, a requester with a p2p peer, and nodes as processes of their own, all on this machine. */
export interface Localnet extends AsyncDisposable {
  chain: LocalChain;
  /** The requester's own place in the network: its content and its gossip. Nodes enter by it. */
  peer: Peer;
  /** The requester's client. */
  market: MarketClient;
  /** The requester's client of the jury, if there is one. */
  jury: JuryClient | undefined;
  /** Its client of the arbiter that needs none. */
  proof: ProofClient;
  /** Starts nodes, side by side, and waits until they follow the chain. */
  start(plans: readonly NodePlan[]): Promise<void>;
  /** Deletes the file, if it still has this content, when this process ends without doing so. */
  removeLater(file: string, content: string): void;
}

/**
 * Starts a chain and a requester; nodes are started by what is returned. When it fails, or when the result is disposed of, every
 * process is gone and every temporary file deleted; the same holds within five seconds of this process's end, whatever ends it.
 * @throws {@link LocalnetError}
 */
export async function startLocalnet({
  nodes,
  soon = [],
  withJury = false,
  withToken = false,
  port = 0,
  onLog,
  onFailure,
  onStage = () => {},
  signal,
}: LocalnetOptions): Promise<Localnet> {
  await checkPort(port);
  signal.throwIfAborted();
  const guard = startGuard({ onFailure });
  const forked = new Map<string, LocalNode>();
  let dataDir: string | undefined;
  let chain: LocalChain | undefined;
  let peer: Peer | undefined;

  function nodeOf(plan: NodePlan): LocalNode {
    const options = { guard, onLog: (log: NodeLog) => onLog?.(log, plan), onExit: onFailure };
    const node = forked.get(plan.name) ?? forkNode(plan, options);
    forked.set(plan.name, node);
    return node;
  }

  const stopPeer = async () => peer?.stop();
  async function endAll(): Promise<void> {
    // What they work on comes last. Nothing that fails keeps the rest from ending.
    const working = [...forked.values()].map((node) => node.stop());
    await Promise.allSettled([
      ...working,
      abortable(stopPeer(), AbortSignal.timeout(PEER_STOP_MS)),
    ]);
    await Promise.allSettled([chain?.stop()]);
    if (dataDir !== undefined) await rm(dataDir, { recursive: true, force: true }).catch(() => {});
    await guard.stop();
  }

  try {
    // The processes load what they need side by side.
    const starting = startChain({
      ...{ port, accounts: FIRST_WORKER + nodes, withJury },
      tokenHolder: withToken ? REQUESTER : undefined,
      ...{ guard, onFailure, signal },
    });
    starting.catch(() => {});
    for (const plan of soon) nodeOf(plan);
    const folder = await mkdtemp(join(tmpdir(), "assay-"));
    dataDir = folder;
    guard.remove(folder);
    const { createPeer } = await import("@assay/network");
    chain = await starting;
    const { rpcUrl, marketplace, jury, proof, offers } = chain;
    onStage("chain");
    peer = await createPeer({
      ...{ memory: true, network: "local", bootstrap: [], services: ["bootstrap"] },
      ...{ chainId: hardhat.id, marketplace, account: localAccount(REQUESTER) },
    });
    onStage("bootstrap peer");
    const { content, announcer, multiaddrs } = peer;
    const market = createMarketClient({
      ...{ chain: hardhat, transport: http(rpcUrl), account: localAccount(REQUESTER) },
      ...{ marketplace, content, announcer, pollingIntervalMs: POLLING_INTERVAL_MS },
      arbiter: proof,
      offers,
    });
    const start = { chain, bootstrap: multiaddrs, signal };
    return {
      ...{ chain, peer, market },
      jury: jury === undefined ? undefined : createJuryClient(market, jury),
      proof: createProofClient(market, proof),
      async start(plans) {
        await Promise.all(
          plans.map((plan) => nodeOf(plan).start({ ...start, dataDir: join(folder, plan.name) })),
        );
      },
      removeLater: guard.remove,
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
