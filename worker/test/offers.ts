import { type BidDesk, createPeer, openBidDesk, type Peer } from "@assay/network";
import { createMarketClient, type MarketClient } from "@assay/sdk";
import {
  type Address,
  createPublicClient,
  createTestClient,
  type Hex,
  http,
  parseEther,
} from "viem";
import { hardhat } from "viem/chains";
import { startChain as startHardhat } from "../../devnet/src/chain.ts";
import { startChain as startAnvil } from "../../test/fixtures/chain.ts";
import type { WorkerNode } from "../src/node/node.ts";
import type { NodeOptions } from "../src/node/options.ts";
import {
  accountOf,
  type ChainOfNodes,
  type NodeProcess,
  type Started,
  startCli,
  startNode,
  temporaryFolder,
  workerArguments,
} from "./network.ts";

/** A chain with `Offers` on it. */
export interface OfferChain extends ChainOfNodes {
  mode: "anvil" | "hardhat";
  offers: Address;
  /** Moves the chain's clock forward and mines a block there. */
  passTime(seconds: number): Promise<void>;
}

/** Accounts that have coins: a deployer, a requester, twenty workers, and some more. */
const ACCOUNTS = 24;

export async function offersOnAnvil(started: Started): Promise<OfferChain> {
  const chain = await startAnvil();
  started.add(() => chain.stop());
  const offers = await chain.deployOffers();
  return { ...chain, mode: "anvil", offers, passTime: chain.increaseTime };
}

export async function offersOnHardhat(started: Started): Promise<OfferChain> {
  const local = await startHardhat({ accounts: ACCOUNTS, onFailure() {} });
  started.add(() => local.stop());
  const accounts = Array.from({ length: ACCOUNTS }, (_, index) => local.account(index));
  const chain = { ...hardhat, rpcUrls: { default: { http: [local.rpcUrl] } } };
  return { ...local, chain, accounts, mode: "hardhat" };
}

export const OFFER_CHAINS = [
  ["anvil", offersOnAnvil],
  ["Hardhat", offersOnHardhat],
] as const;

/** A requester that can buy by offers. */
export interface OfferBuyer {
  peer: Peer;
  market: MarketClient;
  desk: BidDesk;
  offers: Address;
}

/** Account 1, with credit, whose offers the contract may bring on chain, and a block every second. */
export async function startBuyer(chain: OfferChain, started: Started): Promise<OfferBuyer> {
  const { offers } = chain;
  const account = accountOf(chain, 1);
  const peer = await createPeer({
    ...{ memory: true, network: "local", chainId: chain.chain.id, account },
    marketplace: chain.marketplace,
  });
  started.add(() => peer.stop());
  const market = createMarketClient({
    ...{ chain: chain.chain, transport: http(chain.rpcUrl), marketplace: chain.marketplace },
    ...{ account, offers, content: peer.content, announcer: peer.announcer },
    pollingIntervalMs: 50,
  });
  await market.setRights({ operator: offers, rights: ["request"] });
  await market.addCredit({ amount: parseEther("10") });
  if (peer.market === undefined) throw new TypeError("the peer was given a market");
  const ref = { chainId: chain.chain.id, offers };
  const desk = openBidDesk({ direct: peer.market.direct, offers: ref });
  await mineEverySecond(chain, started);
  return { peer, market, desk, offers };
}

/** From now on a block comes every second, and no transaction is mined at once. */
export async function mineEverySecond(
  { rpcUrl, mode }: Pick<OfferChain, "rpcUrl" | "mode">,
  started: Started,
): Promise<void> {
  const clock = createTestClient({ chain: hardhat, mode, transport: http(rpcUrl) });
  await clock.setAutomine(false);
  await clock.setIntervalMining({ interval: 1 });
  started.add(() => clock.setIntervalMining({ interval: 0 }).catch(() => {}));
}

/** A node that bids for the buyer's offers, and asks for so much. */
export function startBidder(
  chain: ChainOfNodes,
  { peer, market, offers }: Omit<OfferBuyer, "desk">,
  started: Started,
  { asks, ...options }: { account: number; asks: bigint } & Partial<Omit<NodeOptions, "account">>,
): Promise<WorkerNode> {
  return startNode(chain, { peer, market }, started, {
    offers,
    pricing: { askedReward: async () => asks },
    ...options,
    policy: { maxBatchesAtOnce: 8, maxGasShare: Number.POSITIVE_INFINITY, ...options.policy },
  });
}

/** The same as a process of its own, which asks for ten wei a task, unless told otherwise. */
export async function startKillableBidder(
  chain: ChainOfNodes,
  { peer, market, offers }: Omit<OfferBuyer, "desk">,
  started: Started,
  { account, asks = 10n, more = [] }: { account: number; asks?: bigint; more?: string[] },
): Promise<NodeProcess> {
  const dataDir = await temporaryFolder(started);
  const { argv, environment } = workerArguments(chain, { peer, market }, { dataDir, account });
  const own = ["--offers", offers, "--min-reward", `${asks}wei`, "--max-gas-share", "any"];
  const bidder = startCli(
    [...argv, ...own, ...more, "--batches-at-once", "8"],
    started,
    environment,
  );
  await bidder.line("node started");
  return bidder;
}

/** Hashes of all transactions on the chain that reverted. */
export async function revertedTransactions({ rpcUrl }: Pick<OfferChain, "rpcUrl">): Promise<Hex[]> {
  const client = createPublicClient({ transport: http(rpcUrl) });
  const last = await client.getBlockNumber();
  const reverted: Hex[] = [];
  for (let blockNumber = 0n; blockNumber <= last; blockNumber++) {
    const { transactions } = await client.getBlock({ blockNumber });
    for (const hash of transactions) {
      const { status } = await client.getTransactionReceipt({ hash });
      if (status === "reverted") reverted.push(hash);
    }
  }
  return reverted;
}
