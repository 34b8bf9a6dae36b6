import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMarketClient, type MarketClient } from "@assay/sdk";
import { createPeer, type Peer } from "@assay/worker";
import { http } from "viem";
import { hardhat } from "viem/chains";
import { type LocalChain, startChain } from "./chain.ts";
import type { LocalnetError } from "./errors.ts";
import { type LocalWorker, type NodeLog, startWorker } from "./worker.ts";

/** How often clients look at the chain; a local chain answers in a millisecond. */
export const POLLING_INTERVAL_MS = 200;

/** Accounts of the chain: 0 deploys, 1 asks, the others work. */
const REQUESTER = 1;
const FIRST_WORKER = 2;

export interface LocalnetOptions {
  /** Number of worker processes. */
  workers: number;
  /** How many batches a worker may have claimed or submitted at a time: its stake is for so many. */
  batchesPerWorker: number;
  /** Port of the chain's JSON-RPC; 0 takes any free one. */
  port?: number;
  /** Hears every line of every node's log. */
  onLog?: (log: NodeLog, worker: number) => void;
  /** Is called when a worker ends without being asked to. */
  onFailure: (error: LocalnetError) => void;
  /** Hears when a part stands, and after how many seconds. */
  onReady?: (part: "chain" | "workers", network: { chain: LocalChain; seconds: number }) => void;
  signal: AbortSignal;
}

/** A chain with a Marketplace, a requester with a p2p peer, and worker processes, all on this machine. */
export interface Localnet extends AsyncDisposable {
  chain: LocalChain;
  /** The requester's own place in the network: its content and its gossip. */
  peer: Peer;
  /** The requester's client. */
  market: MarketClient;
  workers: readonly LocalWorker[];
}

/**
 * Starts everything. When it fails, or when the result is disposed of, every process is gone and every temporary file deleted.
 * @throws {@link LocalnetError}
 */
export async function startLocalnet({
  workers: workerCount,
  batchesPerWorker,
  port = 0,
  onLog,
  onFailure,
  onReady,
  signal,
}: LocalnetOptions): Promise<Localnet> {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  await using starting = new AsyncDisposableStack();

  const dataDir = await mkdtemp(join(tmpdir(), "assay-"));
  starting.defer(() => rm(dataDir, { recursive: true, force: true }));

  const chain = await startChain({
    port,
    accounts: workerCount + FIRST_WORKER,
    dataDir: join(dataDir, "chain"),
    signal,
  });
  starting.defer(() => chain.stop());
  onReady?.("chain", { chain, seconds: seconds() });

  const peer = await createPeer({
    memory: true,
    network: "local",
    listen: ["/ip4/127.0.0.1/tcp/0"],
    bootstrap: [],
    chainId: hardhat.id,
    marketplace: chain.marketplace,
  });
  starting.defer(() => peer.stop());

  const market = createMarketClient({
    chain: hardhat,
    transport: http(chain.rpcUrl),
    account: chain.account(REQUESTER),
    marketplace: chain.marketplace,
    content: peer.content,
    announcer: peer.announcer,
    pollingIntervalMs: POLLING_INTERVAL_MS,
  });

  const { minStakePerBatch } = await market.getParameters();
  const starts = Array.from({ length: workerCount }, (_, index) =>
    startWorker({
      name: `worker-${index + 1}`,
      chain,
      account: chain.account(FIRST_WORKER + index),
      dataDir: join(dataDir, `worker-${index + 1}`),
      bootstrap: peer.multiaddrs,
      stakeWei: minStakePerBatch * BigInt(batchesPerWorker),
      onLog: (log) => onLog?.(log, index),
      onExit: onFailure,
      signal,
    }),
  );
  for (const start of starts) {
    // One that fails must not leave the others behind.
    starting.defer(async () => (await start.catch(() => undefined))?.stop());
  }
  const workers = await Promise.all(starts);
  onReady?.("workers", { chain, seconds: seconds() });

  const running = starting.move();
  return { chain, peer, market, workers, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
