import { createServer } from "node:http";
import { createMarketClient, type MarketEvent } from "@assay/sdk";
import { createPublicClient, http, pad } from "viem";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startChain, type TestChain } from "../../../test/fixtures/chain.ts";
import {
  dropping,
  type Fault,
  logsUpTo,
  staleAt,
  startFaultyRpc,
  withoutLogs,
} from "../../../test/fixtures/faultyRpc.ts";
import { faults, lacking, lyingAbout } from "../../../test/fixtures/lyingRpc.ts";
import { seededRandom } from "../../../test/fixtures/random.ts";
import { accountOf, startedThings } from "../../test/network.ts";
import { openNodeStore } from "../store/nodeStore.ts";
import { type Follower, type FollowerParameters, type Head, startFollower } from "./follower.ts";

const forAll = startedThings();
const forTest = startedThings();
let chain: TestChain;
beforeAll(async () => {
  chain = await startChain();
  forAll.add(() => chain.stop());
});
afterEach(() => forTest.end());
afterAll(() => forAll.end());

interface Followed {
  follower: Follower;
  /** Those that were not taken back. */
  readonly events: MarketEvent[];
  heads: Head[];
  troubles: (Error | undefined)[];
  /** Blocks that it went back to. */
  rollbacks: bigint[];
  missing: bigint[];
  unchecked: bigint[];
  ended: Error[];
}

function follow({
  confirmations = 1,
  rpcUrl = chain.rpcUrl,
  from = 0n,
  pollingIntervalMs = 20,
  maxReorgDepth = 128,
}: { confirmations?: number; rpcUrl?: string; from?: bigint } & Partial<
  Pick<FollowerParameters, "pollingIntervalMs" | "maxReorgDepth">
> = {}): Followed {
  const { marketplace } = chain;
  const identity = { chainId: chain.chain.id, genesis: pad("0x1"), marketplace } as const;
  const store = openNodeStore(...([":memory:", { ...identity, account: marketplace }] as const), {
    startBlock: from,
    maxReorgDepth,
  });
  let events: MarketEvent[] = [];
  const [heads, troubles, ended]: [Head[], (Error | undefined)[], Error[]] = [[], [], []];
  const [rollbacks, missing, unchecked]: [bigint[], bigint[], bigint[]] = [[], [], []];
  const client = createMarketClient({
    ...{ chain: chain.chain, transport: http(rpcUrl, { retryCount: 0 }), confirmations },
    marketplace,
  });
  const follower = startFollower({
    client,
    ...{ nextBlock: store.nextBlock, readBlocks: store.readBlocks },
    onEvents(found, next, blocks) {
      events.push(...found);
      store.noteBlocks(blocks, next);
    },
    onRollback(toBlock) {
      store.rollBack(toBlock);
      rollbacks.push(toBlock);
      events = events.filter(({ blockNumber }) => blockNumber <= toBlock);
    },
    onHead: (head) => heads.push(head),
    onTrouble: (error) => troubles.push(error),
    onMissingLogs: (block) => missing.push(block),
    onUnchecked: (blocks) => unchecked.push(blocks),
    onEnd: (error) => ended.push(error),
    ...{ pollingIntervalMs, maxReorgDepth },
  });
  forTest.add(async () => {
    await follower.stop();
    store.close();
  });
  const told = { heads, troubles, rollbacks, missing, unchecked, ended };
  return {
    follower,
    ...told,
    get events() {
      return events;
    },
  };
}

function staker(index = 4) {
  return createMarketClient({
    ...{ chain: chain.chain, transport: http(chain.rpcUrl), pollingIntervalMs: 10 },
    ...{ marketplace: chain.marketplace, account: accountOf(chain, index) },
  });
}

async function pendingCount(): Promise<number> {
  const node = createPublicClient({ chain: chain.chain, transport: http(chain.rpcUrl) });
  return (await node.getBlock({ blockTag: "pending" })).transactions.length;
}

const amounts = (events: MarketEvent[]) =>
  events.flatMap((event) => (event.type === "deposited" ? [event.amount] : []));

test("events are told once and in order, those from before and those that come", async () => {
  const client = staker();
  const { blockNumber } = await client.deposit({ amount: 1n });
  const { follower, events, heads } = follow({ from: blockNumber });
  await follower.caughtUp;
  expect(amounts(events)).toEqual([1n]);
  await client.deposit({ amount: 2n });
  await client.deposit({ amount: 3n });
  await expect.poll(() => amounts(events)).toEqual([1n, 2n, 3n]);
  for (const [i, { number }] of heads.entries()) {
    if (i > 0) expect(number).toBeGreaterThan(heads[i - 1]?.number ?? number);
  }
  expect(heads.at(-1)?.timestamp).toBe(await chain.now());
});

test("an event waits for its confirmations", async () => {
  const client = staker();
  const { blockNumber } = await client.deposit({ amount: 4n });
  const { follower, events, heads } = follow({ confirmations: 3, from: blockNumber });
  await follower.caughtUp;
  await chain.mine(1);
  await expect.poll(() => heads.at(-1)?.number).toBe(blockNumber + 1n);
  expect(events).toEqual([]);
  await chain.mine(1);
  await expect.poll(() => amounts(events)).toEqual([4n]);
});

test("a wake is as good as the interval's end", async () => {
  const client = staker();
  const { blockNumber } = await client.deposit({ amount: 5n });
  const { follower, events } = follow({ from: blockNumber, pollingIntervalMs: 1_000 });
  await follower.caughtUp;
  await client.deposit({ amount: 6n });
  const wokenAt = performance.now();
  follower.wake();
  await expect.poll(() => amounts(events), { interval: 5 }).toEqual([5n, 6n]);
  expect(performance.now() - wokenAt).toBeLessThan(700);
});

test("an endpoint that fails is told of once, and nothing is missed when it is back", async () => {
  await using proxy = await startFaultyRpc(chain.rpcUrl);
  const client = staker();
  const { blockNumber } = await client.deposit({ amount: 7n });
  const followed = follow({ rpcUrl: proxy.url, from: blockNumber });
  await followed.follower.caughtUp;
  proxy.misbehave(() => ({ http: 500 }));
  await expect.poll(() => followed.troubles.length).toBe(1);
  await client.deposit({ amount: 8n });
  proxy.misbehave(undefined);
  await expect.poll(() => amounts(followed.events)).toEqual([7n, 8n]);
  expect(followed.troubles).toEqual([expect.any(Error), undefined]);
  await followed.follower.stop();
});

describe("a reorganisation", () => {
  test.each([1, 6, 32])(
    "of %i blocks takes back its events, and what came instead is read",
    async (depth) => {
      const client = staker();
      const { blockNumber: from } = await client.deposit({ amount: 1n });
      await chain.mine(1);
      for (let i = 0; i < depth; i++) {
        if (i === depth - 1) await client.deposit({ amount: 2n });
        else await chain.mine(1);
      }
      const followed = follow({ from });
      const { number } = await followed.follower.caughtUp;
      expect(amounts(followed.events)).toEqual([1n, 2n]);
      await chain.reorganise(depth);
      await expect.poll(() => followed.rollbacks).toEqual([number - BigInt(depth)]);
      expect(amounts(followed.events)).toEqual([1n]);
      await staker().deposit({ amount: 3n });
      await expect.poll(() => amounts(followed.events)).toEqual([1n, 3n]);
      expect(followed.troubles).toEqual([]);
    },
  );

  test("is found at the next start when it came while nobody looked", async () => {
    const client = staker();
    const { blockNumber: from } = await client.deposit({ amount: 1n });
    await client.deposit({ amount: 2n });
    await chain.mine(3);
    await using proxy = await startFaultyRpc(chain.rpcUrl);
    const followed = follow({ from, rpcUrl: proxy.url });
    await followed.follower.caughtUp;
    proxy.misbehave(dropping());
    await expect.poll(() => followed.troubles.length).toBe(1);
    await chain.reorganise(4);
    await chain.mine(2);
    await staker().deposit({ amount: 4n });
    proxy.misbehave(undefined);
    await expect.poll(() => amounts(followed.events)).toEqual([1n, 4n]);
    expect(followed.rollbacks).toEqual([from]);
    await followed.follower.stop();
  });

  test("within the confirmations is none to the follower", async () => {
    const { blockNumber: from } = await staker().deposit({ amount: 1n });
    const followed = follow({ from, confirmations: 4 });
    await followed.follower.caughtUp;
    await staker().deposit({ amount: 2n });
    await chain.reorganise(1);
    await chain.mine(3);
    await expect.poll(() => amounts(followed.events)).toEqual([1n]);
    expect(followed.rollbacks).toEqual([]);
  });

  test("deeper than can be taken back ends the following, with an error that says what to do", async () => {
    await chain.mine(8);
    const { blockNumber } = await staker().deposit({ amount: 1n });
    const followed = follow({ from: blockNumber - 6n, maxReorgDepth: 4 });
    const { number } = await followed.follower.caughtUp;
    await chain.reorganise(8);
    await expect
      .poll(() => followed.ended)
      .toEqual([expect.objectContaining({ code: "REORG_TOO_DEEP", retryable: false })]);
    expect(followed.ended[0]?.message).toContain(`block ${number}`);
    expect(followed.rollbacks).toEqual([]);
  });
});

describe("an endpoint that is behind", () => {
  test("does not have the first block to read: that is said, and it is read once it is there", async () => {
    const { blockNumber: head } = await staker().deposit({ amount: 1n });
    const followed = follow({ from: head + 3n });
    await expect.poll(() => followed.troubles).toHaveLength(1);
    expect(followed.troubles[0]?.message).toContain(`after block ${head + 2n}: wait`);
    expect(followed.heads).toEqual([]);
    await chain.mine(3);
    await followed.follower.caughtUp;
    expect(followed.troubles).toEqual([expect.any(Error), undefined]);
  });

  test("takes nothing back; what comes is read once it is there", async () => {
    await using proxy = await startFaultyRpc(chain.rpcUrl);
    const { blockNumber: from } = await staker().deposit({ amount: 1n });
    await staker().deposit({ amount: 2n });
    const followed = follow({ rpcUrl: proxy.url, from });
    await followed.follower.caughtUp;
    proxy.misbehave(staleAt(Number(from)));
    await expect
      .poll(() => followed.troubles)
      .toEqual([expect.objectContaining({ code: "CHAIN_BEHIND", retryable: true })]);
    await staker().deposit({ amount: 3n });
    proxy.misbehave(undefined);
    await expect.poll(() => amounts(followed.events)).toEqual([1n, 2n, 3n]);
    expect(followed.rollbacks).toEqual([]);
    await followed.follower.stop();
  });
});

describe("logs", () => {
  test("that an endpoint leaves out are found by the blocks' filters and taken from the receipts", async () => {
    await using proxy = await startFaultyRpc(chain.rpcUrl);
    proxy.misbehave(withoutLogs);
    const { blockNumber: from } = await staker().deposit({ amount: 1n });
    await chain.mine(2);
    const { blockNumber } = await staker().deposit({ amount: 2n });
    const followed = follow({ rpcUrl: proxy.url, from });
    await followed.follower.caughtUp;
    expect(amounts(followed.events)).toEqual([1n, 2n]);
    expect(followed.missing).toEqual([from, blockNumber]);
    const { blockNumber: next } = await staker().deposit({ amount: 3n });
    await expect.poll(() => amounts(followed.events)).toEqual([1n, 2n, 3n]);
    expect(followed.missing.at(-1)).toBe(next);
    await followed.follower.stop();
  });

  test.each([
    ["of which some are lost", [lyingAbout("logs", seededRandom(5))]],
    ["where receipts come one by one", [withoutLogs, lacking("eth_getBlockReceipts")]],
    ["that are refused", [logsUpTo(0, { code: 1, message: "no" })]],
  ] as const)("%s are those of the receipts", async (_, given) => {
    await using proxy = await startFaultyRpc(chain.rpcUrl);
    proxy.misbehave(faults(...given));
    const { blockNumber: from } = await staker().deposit({ amount: 1n });
    await chain.setAutomine(false);
    const several = [4, 5, 6].map((index) => staker(index).deposit({ amount: BigInt(index) }));
    await expect.poll(pendingCount).toBe(several.length);
    await chain.mine(1);
    await Promise.all(several);
    await chain.setAutomine(true);
    await staker().deposit({ amount: 9n });
    const followed = follow({ rpcUrl: proxy.url, from });
    await followed.follower.caughtUp;
    expect(amounts(followed.events).toSorted()).toEqual([1n, 4n, 5n, 6n, 9n]);
    // Old blocks, too: nothing of them is taken on trust.
    await chain.mine(300);
    const again = follow({ rpcUrl: proxy.url, from });
    await again.follower.caughtUp;
    expect(again.events).toEqual(followed.events);
    for (const { follower } of [followed, again]) await follower.stop();
  });

  test("that are in no answer stop the reading, with the reason; heads go on, and it heals", async () => {
    await using proxy = await startFaultyRpc(chain.rpcUrl);
    const { blockNumber: from } = await staker().deposit({ amount: 1n });
    const followed = follow({ rpcUrl: proxy.url, from });
    await followed.follower.caughtUp;
    // They would do for the filter, but not for the root.
    const withoutLast: Fault = async ({ method }, forward) => {
      if (method !== "eth_getBlockReceipts") return undefined;
      const { result } = await forward();
      const receipts = result as { logs: object[] }[];
      return { result: receipts.map((receipt) => ({ ...receipt, logs: [] })) };
    };
    proxy.misbehave(faults(withoutLogs, withoutLast));
    const { blockNumber } = await staker().deposit({ amount: 2n });
    await chain.mine(2);
    await expect.poll(() => followed.heads.at(-1)?.number).toBe(blockNumber + 2n);
    expect(amounts(followed.events)).toEqual([1n]);
    expect(followed.troubles).toEqual([
      expect.objectContaining({ code: "CHAIN_CONTRADICTS", block: blockNumber, retryable: true }),
    ]);
    proxy.misbehave(undefined);
    await expect.poll(() => amounts(followed.events)).toEqual([1n, 2n]);
    expect(followed.troubles.at(-1)).toBeUndefined();
    await followed.follower.stop();
  });

  test("of blocks whose receipts were deleted are believed, and that is said", async () => {
    await using proxy = await startFaultyRpc(chain.rpcUrl);
    const { blockNumber: from } = await staker().deposit({ amount: 1n });
    await chain.mine(200);
    const pruned: Fault = ({ method }) =>
      method === "eth_getBlockReceipts"
        ? { error: { code: 4444, message: "pruned history unavailable" } }
        : undefined;
    proxy.misbehave(pruned);
    const followed = follow({ rpcUrl: proxy.url, from });
    await followed.follower.caughtUp;
    expect(amounts(followed.events)).toEqual([1n]);
    expect(followed.unchecked).toEqual([1n]);
    await followed.follower.stop();
  });

  test("of many blocks are asked for in ranges that the endpoint allows", async () => {
    await using proxy = await startFaultyRpc(chain.rpcUrl);
    const error = { code: -32602, message: "query exceeds max block range 100" };
    proxy.misbehave(logsUpTo(100, error));
    const { blockNumber: from } = await staker().deposit({ amount: 1n });
    await chain.mine(700);
    await staker().deposit({ amount: 2n });
    const followed = follow({ rpcUrl: proxy.url, from });
    await followed.follower.caughtUp;
    expect(amounts(followed.events)).toEqual([1n, 2n]);
    expect(followed.troubles).toEqual([]);
    await followed.follower.stop();
  });
});

test("a chain whose blocks do not name their parents is trouble, and is not asked without a pause", async () => {
  await using proxy = await startFaultyRpc(chain.rpcUrl);
  await chain.mine(5);
  proxy.misbehave(async ({ method }, forward) => {
    if (method !== "eth_getBlockByNumber") return undefined;
    const { result } = await forward();
    return { result: { ...(result as object), parentHash: pad("0x7") } };
  });
  const followed = follow({ rpcUrl: proxy.url, pollingIntervalMs: 5 });
  await expect
    .poll(() => followed.troubles)
    .toEqual([expect.objectContaining({ code: "CHAIN_MOVED", retryable: true })]);
  const before = proxy.calls.length;
  await followed.follower.stop();
  expect(before).toBeLessThan(1_000);
});

test("stopping does not wait for an endpoint that hangs", async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  forTest.add(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const address = silent.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const { follower } = follow({ rpcUrl: `http://127.0.0.1:${port}` });
  const stoppedAt = performance.now();
  await follower.stop();
  expect(performance.now() - stoppedAt).toBeLessThan(1_000);
});
