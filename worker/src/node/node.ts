import { EventEmitter } from "node:events";
import { join } from "node:path";
import { createPeer, type Peer, type PeerNetworkOptions } from "@assay/network";
import { createExecutor, type Executor, type ExecutorOptions } from "@assay/runners";
import {
  type AssayError,
  type Content,
  createMarketClient,
  type MarketClient,
  type TransactionNews,
} from "@assay/sdk";
import type { Address, Chain, Hex, LocalAccount, Transport } from "viem";
import { createPurse, type Purse } from "../account/money.ts";
import { ownTransactionsMined } from "../account/ownTransactions.ts";
import { type DiskKeeper, keepDisk } from "../blocks/diskKeeper.ts";
import { openBlocks } from "../blocks/openBlocks.ts";
import {
  ChainMismatchError,
  ChainUnreachableError,
  MarketplaceMissingError,
} from "../chain/errors.ts";
import { type Follower, type Head, startFollower } from "../chain/follower.ts";
import { createParties } from "../disputes/parties.ts";
import { DEFAULT_POLICY, type Policy } from "../jobs/policy.ts";
import { createPreparedJobs } from "../jobs/preparedJobs.ts";
import type { NodeContext } from "../kernel/context.ts";
import type { NodeEventMap, NodeEventName, Report } from "../kernel/events.ts";
import type { NodeRole, Part } from "../kernel/part.ts";
import { type Progress, type Stall, watchProgress } from "../kernel/progress.ts";
import { messageOf } from "../kernel/report.ts";
import { createAuditor } from "../roles/auditor/auditor.ts";
import { createJuror } from "../roles/juror/juror.ts";
import { createHolds, type Holds } from "../roles/worker/holds.ts";
import { createWorker } from "../roles/worker/worker.ts";
import { MAX_REORG_DEPTH, type NodeStore, openNodeStore } from "../store/nodeStore.ts";
import { readStatus } from "../store/status.ts";
import { createBlockWatch } from "./blockWatch.ts";
import { prepareDataDir } from "./dataDir.ts";
import { awaitFinished, unfinishedBatches } from "./drain.ts";
import { JuryRequiredError } from "./errors.ts";
import type { NodeStatus } from "./status.ts";
import { takeBack, takeEvents } from "./takeEvents.ts";
import { createWorkWatch } from "./workWatch.ts";

export interface NodeOptions
  extends Omit<PeerNetworkOptions, "chainId" | "marketplace" | "relay" | "onHint"> {
  chain: Chain;
  transport: Transport;
  marketplace: Address;
  /** Stakes, claims and is paid. One node an account: two would race each other's transactions. */
  account: LocalAccount;
  /** Where everything is kept that the node must not forget. */
  dataDir: string;
  /** Most bytes that the blocks may take on disk. Default: no limit. */
  diskQuotaBytes?: number | undefined;
  /** What the node takes on. Default: {@link DEFAULT_POLICY}, with the stake that the account has. */
  policy?: Partial<Policy> | undefined;
  executor?: ExecutorOptions | undefined;
  /** What runs the tasks. Default: {@link createExecutor}, a pool of processes of the node's own. */
  createExecutor?: ((options?: ExecutorOptions) => Executor) | undefined;
  /** Default: a worker, and nothing else. */
  roles?: readonly NodeRole[] | undefined;
  /** The JuryArbiter that a juror serves. The node accepts its rulings as a worker, too. */
  jury?: Address | undefined;
  /** Milliseconds between two looks at the chain. Default: 250 in a local network, else 1,000. */
  pollingIntervalMs?: number | undefined;
  /** Blocks, its own included, after which an event or a transaction counts. Default: 1. */
  confirmations?: number | undefined;
  /** Blocks that a reorganisation may replace and be undone; the node stops at a deeper one. Default: 128. */
  maxReorgDepth?: number | undefined;
  /** Most that is offered for a unit of gas, in wei. Default: no limit. */
  maxFeePerGasWei?: bigint | undefined;
  /** Blocks after which a transaction that is not mined is replaced by one that offers more. Default: 5. */
  replaceAfterBlocks?: number | undefined;
  /** How long the contents of a job are kept when it is over, whatever the quota, in milliseconds. Default: a day. */
  retentionMs?: number | undefined;
  /** Milliseconds without progress after which the node says so. Default: 30,000. */
  stallMs?: number | undefined;
  /** Hears of everything, besides `events`. */
  onEvent?: Report | undefined;
}

export interface WorkerNode {
  readonly address: Address;
  readonly events: EventEmitter<NodeEventMap>;
  /** The libp2p side; from {@link start} on. */
  readonly peer: Peer;
  readonly content: Content;
  /**
   * Joins the network, catches up with the chain, holds the stake and begins to work. May be called once.
   *
   * @throws {@link ChainUnreachableError} {@link ChainMismatchError} {@link MarketplaceMissingError} DataDirInUseError
   * StoreMismatchError InsufficientBalanceError; nothing is left running then.
   */
  start(): Promise<void>;
  /**
   * Claims nothing more, and resolves when what is claimed is submitted, the time is over or the node is stopped. The node still
   * runs then.
   * @returns the number of batches that were not finished.
   */
  drain(options: { timeoutMs: number }): Promise<number>;
  /** Where nothing has moved for too long, also while the node is starting. */
  readonly stalls: readonly Stall[];
  /** How the node stands; what only the chain knows is up to half a minute old. */
  status(): Promise<NodeStatus>;
  /** Ends every process and connection; what was under way is taken up by the next start. */
  stop(): Promise<void>;
  /**
   * Resolves when the node has stopped.
   *
   * @throws {@link ReorgTooDeepError} {@link StoreDamagedError} when it had to stop by itself.
   */
  readonly ended: Promise<void>;
}

/** The worker: follows the chain, fetches by CID, computes, submits and is paid. */
export function createNode(options: NodeOptions): WorkerNode {
  const { account, jury, roles = ["worker"] } = options;
  if (roles.includes("juror") && jury === undefined) throw new JuryRequiredError();
  const events = new EventEmitter<NodeEventMap>();
  /** In the order of their start; ended in the opposite one. */
  const parts: (() => Promise<void> | void)[] = [];
  const stopping = new AbortController();
  let peer: Peer | undefined;
  /** What {@link WorkerNode.status} and {@link WorkerNode.drain} look at; from the start on. */
  let inside: Inside | undefined;
  let isDraining = false;
  let isFollowed = false;
  let stopped: Promise<void> | undefined;
  let failure: Error | undefined;
  const ended = Promise.withResolvers<void>();
  // Who does not ask how it ended need not hear of it.
  ended.promise.catch(() => {});
  /** Tells of what happens to claimed batches, once there is a store that knows them. */
  let noteWork: Report = () => {};

  const report: Report = (name, fields) => {
    options.onEvent?.(name, fields);
    noteWork(name, fields);
    // TypeScript does not connect the name with its fields across the emitter's generics.
    (events as EventEmitter).emit(name, fields);
  };

  const progress: Progress = watchProgress({ report, stallMs: options.stallMs });

  async function start(): Promise<void> {
    progress.moved("start", "an answer of the chain");
    const { chain, transport, dataDir, network, confirmations = 1 } = options;
    const pollingIntervalMs = options.pollingIntervalMs ?? (network === "local" ? 250 : 1_000);
    const marketplace = options.marketplace;
    const reader = createMarketClient({ chain, transport, marketplace });
    const genesis = await checkChain(reader);
    const stakeWei =
      options.policy?.stakeWei ?? (await reader.getAccount({ account: account.address })).stake;
    await prepareDataDir(dataDir);
    progress.moved("start", "the network");

    let follower: Follower | undefined;
    const { stores, kept } = await openBlocks(dataDir, { quotaBytes: options.diskQuotaBytes });
    const { listen, announce, bootstrap, mdns, libp2pMetrics } = options;
    const joined = await createPeer({
      ...{ stores, network, listen, announce, bootstrap, mdns, marketplace, libp2pMetrics },
      chainId: chain.id,
      relay: roles.includes("relay"),
      onHint: () => follower?.wake(),
    });
    peer = joined;
    parts.push(() => joined.stop());

    const { maxReorgDepth = MAX_REORG_DEPTH } = options;
    const store = openNodeStore(
      join(dataDir, "node.sqlite"),
      { chainId: chain.id, genesis, marketplace, account: account.address },
      { startBlock: reader.deployedAt, maxReorgDepth, onDamage: endBy },
    );
    parts.push(() => store.close());
    noteWork = createWorkWatch(store, progress);
    const client = createMarketClient({
      ...{ chain, transport, account, marketplace, confirmations },
      // Its own transactions are what a node waits for most: it looks more often for their receipts.
      pollingIntervalMs: Math.min(pollingIntervalMs, 250),
      transactions: store.transactions,
      maxFeePerGas: options.maxFeePerGasWei,
      replaceAfterBlocks: options.replaceAfterBlocks,
      onTransaction: ({ type, ...fields }) => report(TRANSACTION_NEWS[type], fields),
    });
    const { retentionMs } = options;
    const keeper = await keepDisk(kept, store, { retentionMs, report });
    parts.push(() => keeper.stop());
    const executor = (options.createExecutor ?? createExecutor)(options.executor);
    parts.push(() => executor.close());

    let head: Head = { number: 0n, timestamp: 0 };
    const { content } = joined;
    const arbiters = [...(options.policy?.arbiters ?? []), ...(jury === undefined ? [] : [jury])];
    const holds = createHolds();
    const policy: Policy = { ...DEFAULT_POLICY, ...options.policy, arbiters, stakeWei };
    const context: NodeContext = {
      ...{ account: account.address, client, content, executor },
      ...{ report, store, jobs: createPreparedJobs({ content }) },
      policy,
      head: () => head,
    };
    const roleParts = roles.flatMap((role) =>
      createPart(role, context, { jury, holds, mayClaim: () => !isDraining && !keeper.isFull() }),
    );
    // Those who may become a party to a dispute.
    if (roles.includes("worker") || roles.includes("auditor")) {
      roleParts.push(createParties(context, jury));
    }
    for (const part of roleParts) parts.push(() => part.stop());
    const taking = { store, report, parts: roleParts };
    const noteHead = createBlockWatch(progress, { isLocal: network === "local" });
    progress.moved("chain", "an answer of the chain");
    const following = startFollower({
      client,
      nextBlock: store.nextBlock,
      readBlocks: store.readBlocks,
      onEvents(marketEvents, nextBlock, blocks) {
        if (inside === undefined) progress.moved("start", `the blocks from ${nextBlock} on`);
        progress.moved("chain", "an answer of the chain");
        takeEvents(taking, marketEvents, { nextBlock, blocks });
      },
      onRollback: (toBlock) => takeBack(taking, toBlock),
      onHead(next) {
        noteHead(next, head);
        head = next;
        for (const part of roleParts) part.onHead(next);
      },
      onLook: () => progress.moved("chain", "an answer of the chain"),
      onTrouble(error) {
        isFollowed = error === undefined;
        if (error === undefined) return report("chain followed again", {});
        const reason = messageOf(error);
        for (const area of ["start", "chain"] as const) progress.blocked(area, reason);
        report("chain not followed", { error: reason });
      },
      onMissingLogs: (block) => report("logs were missing", { block }),
      onUnchecked: (blocks) => report("logs not checked", { blocks }),
      onEnd: endBy,
      pollingIntervalMs,
      maxReorgDepth,
    });
    follower = following;
    parts.push(() => following.stop());

    await Promise.race([following.caughtUp, ended.promise]);
    progress.moved("start", "the account's earlier transactions");
    await client.endTransactions({ signal: stopping.signal });
    isFollowed = true;
    await ownTransactionsMined(context, stopping.signal);
    progress.moved("start", "the roles' own beginnings: stake, open batches, disputes");
    for (const part of roleParts) await part.start();
    const purse = createPurse(client, account.address, policy);
    inside = { store, holds, keeper, purse, head: () => head, processes: executor.processes };
    progress.moved("start", undefined);
    const { peerId, multiaddrs } = joined;
    report("node started", { peerId, multiaddrs, roles: [...roles], address: account.address });
  }

  function stop(): Promise<void> {
    if (stopped === undefined) {
      report("node stopping", {});
      stopping.abort(new Error("the node is stopping"));
      stopped = endParts();
      stopped.then(
        () => (failure === undefined ? ended.resolve() : ended.reject(failure)),
        ended.reject,
      );
    }
    return stopped;
  }

  /** What cannot be mended from within ends the node. */
  function endBy(error: AssayError): void {
    if (failure !== undefined || stopped !== undefined) return;
    report("node cannot go on", { error: error.shortMessage, code: error.code });
    failure = error;
    // Not at once: it may be told in the middle of a transaction.
    queueMicrotask(() => void stop());
  }

  async function endParts(): Promise<void> {
    progress.stop();
    for (let end = parts.pop(); end !== undefined; end = parts.pop()) await end();
  }

  async function status(): Promise<NodeStatus> {
    const { peerId, multiaddrs, peers } = started();
    if (inside === undefined) throw new TypeError("the node was not started");
    const { head, holds, keeper, processes, purse } = inside;
    const [disk, money] = await Promise.all([keeper.look(), purse.look()]);
    return {
      ...{ roles, peerId, multiaddrs, peers, isDraining, disk, stalls: progress.stalls },
      isFirst: (options.bootstrap ?? []).length === 0,
      chain: {
        ...readStatus(join(options.dataDir, "node.sqlite")),
        ...{ isFollowed, head: head(), processes, money, holds: holds.all() },
      },
    };
  }

  async function drain({ timeoutMs }: { timeoutMs: number }): Promise<number> {
    isDraining = true;
    if (inside === undefined) return 0;
    const { store } = inside;
    report("node draining", { batches: unfinishedBatches(store), timeoutMs });
    const { signal } = stopping;
    const batches = await awaitFinished(store, events, { timeoutMs, signal });
    report("node drained", { batches });
    return batches;
  }

  function started(): Peer {
    if (peer === undefined) throw new TypeError("the node was not started");
    return peer;
  }

  return {
    address: account.address,
    events,
    get peer() {
      return started();
    },
    get content() {
      return started().content;
    },
    async start() {
      try {
        await start();
      } catch (error) {
        await endParts();
        throw error;
      }
    },
    stop,
    ended: ended.promise,
    get stalls() {
      return progress.stalls;
    },
    drain,
    status,
  };
}

const TRANSACTION_NEWS = {
  replaced: "transaction replaced",
  "sent again": "transaction sent again",
  dropped: "transaction dropped",
  "gap filled": "nonce gap filled",
  "held by the fee cap": "fee cap reached",
} as const satisfies Record<TransactionNews["type"], NodeEventName>;

function createPart(
  role: NodeRole,
  context: NodeContext,
  { jury, holds, mayClaim }: { jury: Address | undefined; holds: Holds; mayClaim: () => boolean },
): Part | [] {
  switch (role) {
    case "worker":
      return createWorker(context, { holds, mayClaim });
    case "auditor":
      return createAuditor(context);
    case "juror":
      if (jury === undefined) throw new JuryRequiredError();
      return createJuror(context, jury);
    case "bootstrap": // every peer serves the DHT
    case "relay": // part of the peer's host
      return [];
  }
}

interface Inside {
  store: NodeStore;
  holds: Holds;
  keeper: DiskKeeper;
  purse: Purse;
  head: () => Head;
  processes: number;
}

/** @returns the hash of block 0. */
async function checkChain({ public: chain, marketplace }: MarketClient): Promise<Hex> {
  const [chainId, genesis, code] = await Promise.all([
    chain.getChainId(),
    chain.getBlock({ blockNumber: 0n }),
    chain.getCode({ address: marketplace }),
  ]).catch((cause) => {
    throw new ChainUnreachableError({ cause });
  });
  if (chainId !== chain.chain.id) throw new ChainMismatchError(chain.chain.id, chainId);
  if (code === undefined) throw new MarketplaceMissingError(marketplace, chainId);
  return genesis.hash;
}
