/**
 * What workers pay for claims that another made first: many nodes go for the batches of one job, on a chain with a block every two
 * seconds, where nobody sees a claim before it is mined. The nodes are real, in this process, with one executor for all of them.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createPeer } from "@assay/network";
import { createExecutor, type Executor } from "@assay/runners";
import { createMarketClient, marketplaceAbi } from "@assay/sdk";
import { createPublicClient, createTestClient, http, parseEther, toFunctionSelector } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { startChain, type TestChain } from "../test/fixtures/chain.ts";
import { echo } from "../test/fixtures/programs.ts";
import { createNode } from "../worker/src/node/node.ts";

const BLOCK_SECONDS = 2;
const STAKE = parseEther("1");
const ROUNDS = [
  { workers: 8, batches: 40 },
  { workers: 20, batches: 100 },
];

interface Round {
  workers: number;
  batches: number;
  claims: number;
  reverted: number;
  /** From the job's block to that of the last claim. */
  seconds: number;
}

const print = (text: string) => process.stdout.write(`${text}\n`);

/** The claims in the blocks from `first` on, with their outcomes. */
async function countClaims({ chain, rpcUrl, marketplace }: TestChain, first: bigint) {
  const node = createPublicClient({ chain, transport: http(rpcUrl) });
  const claim = marketplaceAbi.find((item) => item.type === "function" && item.name === "claim");
  if (claim?.type !== "function") throw new TypeError("the ABI has no claim");
  const selector = toFunctionSelector(claim);
  const last = await node.getBlockNumber();
  const counted = { claims: 0, reverted: 0, lastAt: 0 };
  for (let number = first; number <= last; number++) {
    const block = await node.getBlock({ blockNumber: number, includeTransactions: true });
    for (const { hash, to, input } of block.transactions) {
      if (to?.toLowerCase() !== marketplace.toLowerCase() || !input.startsWith(selector)) continue;
      const { status } = await node.getTransactionReceipt({ hash });
      counted[status === "reverted" ? "reverted" : "claims"]++;
      counted.lastAt = Number(block.timestamp);
    }
  }
  return counted;
}

async function round({ workers, batches }: (typeof ROUNDS)[number]): Promise<Round> {
  await using chain = await startChain();
  const executor = createExecutor({ processes: 2 });
  const shared: Executor = { ...executor, close: async () => {} };
  const folder = await mkdtemp(join(tmpdir(), "assay-claims-"));
  const common = {
    ...{ chain: chain.chain, transport: http(chain.rpcUrl), marketplace: chain.marketplace },
  };
  const [, requester] = chain.accounts;
  const peer = await createPeer({
    ...{ memory: true, network: "local", account: requester },
    ...{ chainId: chain.chain.id, marketplace: chain.marketplace },
  });
  const nodes = await Promise.all(
    Array.from({ length: workers }, async (_, i) => {
      const account = privateKeyToAccount(generatePrivateKey());
      await chain.setBalance(account.address, 10n * STAKE);
      return createNode({
        ...{ ...common, account, network: "local", bootstrap: peer.multiaddrs },
        ...{ dataDir: join(folder, String(i)), createExecutor: () => shared },
        policy: { stakeWei: STAKE, maxBatchesAtOnce: 2 },
      });
    }),
  );
  try {
    for (const node of nodes) await node.start();
    await everybodyKnown(nodes);
    const test = createTestClient({ ...common, mode: "anvil" });
    await test.setIntervalMining({ interval: BLOCK_SECONDS });
    const market = createMarketClient({
      ...{ ...common, account: requester, content: peer.content, announcer: peer.announcer },
    });
    const job = await market.submitJob({
      ...{ program: echo.wasm, rewardPerTask: parseEther("0.01"), batchSize: 1 },
      inputs: Array.from({ length: batches }, (_, i) => Uint8Array.of(i)),
      stakePerBatch: STAKE / 100n,
    });
    const { blockNumber } = job;
    const node = createPublicClient(common);
    const { timestamp } = await node.getBlock({ blockNumber });
    for (;;) {
      const counted = await countClaims(chain, blockNumber);
      if (counted.claims === batches) {
        const { claims, reverted } = counted;
        return { workers, batches, claims, reverted, seconds: counted.lastAt - Number(timestamp) };
      }
      await sleep(1_000 * BLOCK_SECONDS);
    }
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
    await peer.stop();
    await executor.close();
    await rm(folder, { recursive: true });
  }
}

/** Waits until every node has heard of every other. */
async function everybodyKnown(nodes: ReturnType<typeof createNode>[]): Promise<void> {
  const isKnown = () =>
    nodes.every(({ peer }) => {
      const known = (peer.market?.present ?? []).filter(({ author }) => author.standing > 0);
      return known.length === nodes.length - 1;
    });
  while (!isKnown()) await sleep(200);
}

/** `npm run bench -- claims` */
export async function claims(): Promise<void> {
  const rounds: (Round & { revertedShare: number })[] = [];
  for (const parameters of ROUNDS) {
    const result = await round(parameters);
    const revertedShare = result.reverted / (result.claims + result.reverted);
    rounds.push({ ...result, revertedShare });
    const { workers, batches, reverted, seconds } = result;
    const share = `${(100 * revertedShare).toFixed(1)} %`;
    print(`${workers} workers, ${batches} batches: ${reverted} reverted (${share}), ${seconds} s`);
  }
  print(JSON.stringify({ blockSeconds: BLOCK_SECONDS, rounds, load: loadavg()[0] }));
}
