import { join } from "node:path";
import { createPeer, type Peer, type PeerNetworkOptions } from "@assay/network";
import { createExecutor } from "@assay/runners";
import {
  createMarketClient,
  isProofArbiter,
  type MarketClient,
  type TransactionNews,
} from "@assay/sdk";
import { type Address, type Hex, isAddressEqual } from "viem";
import { createCostReader } from "../account/gasCost.ts";
import { createMoneyReader, type MoneyReader } from "../account/money.ts";
import { ownTransactionsMined } from "../account/ownTransactions.ts";
import { type DiskKeeper, keepDisk } from "../blocks/diskKeeper.ts";
import type { KeptBlocks } from "../blocks/keptBlocks.ts";
import { openBlocks } from "../blocks/openBlocks.ts";
import type { Follower } from "../chain/follower.ts";
import { createGames, type Games } from "../disputes/arbiters/proof/games.ts";
import { createTracer } from "../disputes/arbiters/proof/trace/tracer.ts";
import { DEFAULT_POLICY, type Policy } from "../jobs/policy.ts";
import { createPreparedJobs } from "../jobs/preparedJobs.ts";
import { createChainTime } from "../kernel/chainTime.ts";
import type { NodeContext } from "../kernel/context.ts";
import type { NodeEventName, Report } from "../kernel/events.ts";
import type { NodeRole } from "../kernel/part.ts";
import type { Progress } from "../kernel/progress.ts";
import { createPricing, loadOf } from "../policy/pricing.ts";
import type { Bidder } from "../roles/bidder/bidder.ts";
import { createHolds, type Holds } from "../roles/worker/holds.ts";
import { MAX_REORG_DEPTH, type NodeStore, openNodeStore } from "../store/nodeStore.ts";
import { checkChain } from "./checkChain.ts";
import { prepareDataDir } from "./dataDir.ts";
import { type ChainView, followChain } from "./followChain.ts";
import { createHeardHints, type HeardHints } from "./heardHints.ts";
import type { Lifetime } from "./lifetime.ts";
import { createOffersClient, createOwnBidder } from "./offers.ts";
import type { NodeOptions } from "./options.ts";
import { createParts } from "./parts.ts";
import { createPresence } from "./presence.ts";
import { reportReach } from "./reachNews.ts";
import { standingReader } from "./readStanding.ts";
import { countRefusals, type RefusalCounts } from "./refusals.ts";
import { serveOthers } from "./services.ts";
import { createWorkWatch } from "./workWatch.ts";

export interface StartParameters {
  options: NodeOptions;
  roles: readonly NodeRole[];
  lifetime: Lifetime;
  progress: Progress;
  report: Report;
  isDraining: () => boolean;
  /** Called as soon as the node has joined the network. */
  onPeer: (peer: Peer) => void;
  /** Adds a listener to all that the node reports. */
  listen: (listener: Report) => void;
}

/** A node that has started, as its status and its drain see it. */
export interface RunningNode {
  store: NodeStore;
  holds: Holds;
  games: Games;
  keeper: DiskKeeper;
  money: MoneyReader;
  chain: ChainView;
  /** Number of processes that run tasks. */
  processes: number;
  policy: Policy;
  refusals: RefusalCounts;
}

/** Starts a node: the network, the database, the roles, and the follower of the chain that drives them. */
export async function startNode(parameters: StartParameters): Promise<RunningNode> {
  const { options, roles, lifetime, progress, report, isDraining, listen } = parameters;
  const { account, jury } = options;
  progress.moved("start", "an answer of the chain");
  const { chain: viemChain, transport, marketplace } = options;
  const reader = createMarketClient({ chain: viemChain, transport, marketplace });
  const genesis = await checkChain(reader);
  const stakeWei =
    options.policy?.stakeWei ?? (await reader.getAccount({ account: account.address })).stake;
  await prepareDataDir(options.dataDir);

  progress.moved("start", "the network");
  let follower: Follower | undefined;
  let hints: HeardHints | undefined;
  let bidder: Bidder | undefined;
  let store: NodeStore | undefined;
  const { peer, kept } = await joinNetwork(parameters, {
    readStanding: standingReader(reader, () => store),
    onHint: (hint) => hints?.hear(hint),
    onOffer: (offer) => bidder?.hear(offer),
  });
  const peers = peer.market;
  if (peers === undefined) throw new TypeError("the peer was given a market");
  store = openStore(parameters, { genesis, startBlock: reader.deployedAt });
  hints = createHeardHints({ store, wake: () => follower?.wake(), blame: peers.blameHint });
  const client = createClient(parameters, store);
  const { retentionMs } = options;
  const keeper = await keepDisk(kept, store, { retentionMs, report });
  lifetime.atEnd(() => keeper.stop());
  const executor = (options.createExecutor ?? createExecutor)(options.executor);
  lifetime.atEnd(() => executor.close());

  const chain: ChainView = { head: { number: 0n, timestamp: 0 }, isFollowed: false };
  const { content } = peer;
  const policy = policyOf(options, stakeWei);
  const proofs = await proofArbitersOf(reader, policy, options);
  const tracer = (options.createTracer ?? createTracer)();
  lifetime.atEnd(() => tracer.close());
  const games = createGames();
  const mayClaim = () => !isDraining() && !keeper.isFull();
  const { address } = account;
  const presence = createPresence({
    peers,
    store,
    account: address,
    roles,
    policy,
    mayClaim,
    partners: () => bidder?.partners() ?? [],
  });
  const context: NodeContext = {
    account: address,
    client,
    content,
    executor,
    store,
    jobs: createPreparedJobs({ content, proofs }),
    policy,
    report,
    head: () => chain.head,
    chainTime: createChainTime(() => chain.head),
    rivals: presence.rivals,
    offers: createOffersClient(client, options),
  };
  const pricing = createPricing({
    ...{ policy, batchCost: createCostReader(client, lifetime.signal) },
    load: () => loadOf(policy, policy.maxBatchesAtOnce - presence.freeBatches()),
  });
  const holds = createHolds();
  const refused = countRefusals();
  listen(refused.report);
  const parts = [
    presence,
    ...createParts(context, {
      ...{ roles, jury, proofs, tracer, games, holds, mayClaim },
      createBidder(arbiters) {
        bidder = createOwnBidder(options, {
          ...{ context, arbiters, mayClaim, direct: peers.direct },
          pricing: options.pricing ?? pricing,
        });
        return bidder;
      },
    }),
  ];
  for (const part of parts) lifetime.atEnd(() => part.stop());

  serveOthers(peers.direct, {
    ...{ roles, policy, processes: executor.processes, freeBatches: presence.freeBatches },
    chain: () => chain,
    trialOf({ jobId, program }) {
      const own = jobId && context.store.job(jobId);
      if (own?.taskMs !== undefined) return own;
      return context.store.jobs("tried").find(({ spec }) => spec.program.equals(program));
    },
    pricing,
    ownJobOf(jobId) {
      const job = context.store.job(jobId);
      const held = holds.all().find((hold) => hold.jobId === jobId)?.reason;
      return job && { state: job.state, reason: held ?? job.reason ?? null };
    },
  });

  let isStarting = true;
  const following = followChain({
    client,
    store,
    parts,
    view: chain,
    isLocal: options.network === "local",
    isStarting: () => isStarting,
    progress,
    report,
    onHead: () => hints?.check(),
    onEnd: lifetime.fail,
    pollingIntervalMs: pollingIntervalOf(options),
    maxReorgDepth: options.maxReorgDepth ?? MAX_REORG_DEPTH,
  });
  follower = following;
  lifetime.atEnd(() => following.stop());

  await Promise.race([following.caughtUp, lifetime.ended]);
  progress.moved("start", "the account's earlier transactions");
  await client.endTransactions({ signal: lifetime.signal });
  chain.isFollowed = true;
  await ownTransactionsMined(context, lifetime.signal);
  progress.moved("start", "the roles' own beginnings: stake, open batches, disputes");
  for (const part of parts) await part.start();
  isStarting = false;
  progress.moved("start", undefined);
  const served = roles.includes("juror") ? jury : undefined;
  const money = createMoneyReader(client, account.address, { ...policy, jury: served });
  const { processes } = executor;
  return { store, holds, games, keeper, money, chain, processes, policy, refusals: refused.counts };
}

async function joinNetwork(
  { options, roles, lifetime, report, onPeer }: StartParameters,
  heard: Pick<PeerNetworkOptions, "readStanding" | "onHint" | "onOffer">,
): Promise<{ peer: Peer; kept: KeptBlocks }> {
  const { stores, kept } = await openBlocks(options.dataDir, {
    quotaBytes: options.diskQuotaBytes,
  });
  const { network, listen, announce, bootstrap, relays, mdns, upnp, swarmKey } = options;
  const { content, libp2pMetrics } = options;
  const peer = await createPeer({
    stores,
    network,
    listen,
    announce,
    bootstrap,
    relays,
    mdns,
    upnp,
    swarmKey,
    content,
    libp2pMetrics,
    chainId: options.chain.id,
    marketplace: options.marketplace,
    relay: roles.includes("relay"),
    account: options.account,
    ...heard,
    onBan: (name, ms, reason) => report("peer banned", { name, ms, reason }),
    onSuspicion: (peerId, isSuspected) =>
      report(isSuspected ? "peer silent" : "peer heard again", { peerId }),
    services: roles,
    onReach: (reachability) => reportReach(report, reachability),
  });
  lifetime.atEnd(() => peer.stop());
  onPeer(peer);
  return { peer, kept };
}

function openStore(
  { options, lifetime, listen, progress }: StartParameters,
  { genesis, startBlock }: { genesis: Hex; startBlock: bigint },
): NodeStore {
  const { chain, marketplace, account, maxReorgDepth = MAX_REORG_DEPTH } = options;
  const store = openNodeStore(
    databaseOf(options),
    { chainId: chain.id, genesis, marketplace, account: account.address },
    { startBlock, maxReorgDepth, onDamage: lifetime.fail },
  );
  lifetime.atEnd(() => store.close());
  listen(createWorkWatch(store, progress));
  return store;
}

/** The file of a node's database. */
export function databaseOf({ dataDir }: Pick<NodeOptions, "dataDir">): string {
  return join(dataDir, "node.sqlite");
}

/** A node waits most for its own transactions, so it polls more often for their receipts. */
const LONGEST_RECEIPT_POLLING_MS = 250;

const TRANSACTION_NEWS = {
  replaced: "transaction replaced",
  "sent again": "transaction sent again",
  dropped: "transaction dropped",
  "gap filled": "nonce gap filled",
  "held by the fee cap": "fee cap reached",
} as const satisfies Record<TransactionNews["type"], NodeEventName>;

function createClient({ options, report }: StartParameters, store: NodeStore): MarketClient {
  const { chain, transport, account, marketplace, confirmations = 1 } = options;
  return createMarketClient({
    chain,
    transport,
    account,
    marketplace,
    offers: options.offers,
    confirmations,
    pollingIntervalMs: Math.min(pollingIntervalOf(options), LONGEST_RECEIPT_POLLING_MS),
    transactions: store.transactions,
    maxFeePerGas: options.maxFeePerGasWei,
    relay: options.relayer,
    replaceAfterBlocks: options.replaceAfterBlocks,
    onTransaction: ({ type, ...fields }) => report(TRANSACTION_NEWS[type], fields),
  });
}

function pollingIntervalOf({ network, pollingIntervalMs }: NodeOptions): number {
  return pollingIntervalMs ?? (network === "local" ? 250 : 1_000);
}

/** Those of the accepted arbiters that decide by proofs: whoever is named before one and does not play loses. */
async function proofArbitersOf(
  client: MarketClient,
  { arbiters }: Policy,
  { proof }: NodeOptions,
): Promise<Address[]> {
  const known = proof === undefined ? [] : [proof];
  for (const arbiter of arbiters) {
    if (known.some((one) => isAddressEqual(one, arbiter))) continue;
    if (await isProofArbiter(client, { arbiter })) known.push(arbiter);
  }
  return known;
}

/** A node accepts the rulings of its own jury and its own proof arbiter, too. */
function policyOf({ policy, jury, proof }: NodeOptions, stakeWei: bigint): Policy {
  const own = [jury, proof].filter((arbiter) => arbiter !== undefined);
  const arbiters = [...(policy?.arbiters ?? []), ...own];
  return { ...DEFAULT_POLICY, ...policy, arbiters, stakeWei };
}
