import { type Hex, http, parseEther, parseGwei } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Fault, losingAnswers, startFaultyRpc } from "../../../../test/fixtures/faultyRpc.ts";
import { startMarket, type TestMarket } from "../../../../test/fixtures/market.ts";
import { compileProgram } from "../../compile/index.ts";
import {
  type MarketClient,
  memoryTransactionStore,
  type TransactionNews,
  WrongStatusError,
} from "../../index.ts";

let market: TestMarket;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market[Symbol.asyncDispose]());
afterEach(() => market.chain.setAutomine(true));

/** A client of an account that nobody has used, with ten ether, and what it tells. */
async function freshClient(options: Parameters<TestMarket["client"]>[1] = {}) {
  const account = privateKeyToAccount(generatePrivateKey());
  const { requester } = market;
  await market.chain.setAutomine(true);
  const hash = await requester.wallet?.sendTransaction({
    ...{ to: account.address, value: parseEther("10") },
  });
  await expect
    .poll(() => requester.public.getTransactionReceipt({ hash: hash ?? "0x" }))
    .toMatchObject({ status: "success" });
  const news: TransactionNews[] = [];
  const transactions = memoryTransactionStore();
  const onTransaction = (event: TransactionNews) => void news.push(event);
  const own = { account, transactions, onTransaction };
  const client = market.client(0, { ...own, replaceAfterBlocks: 3, ...options });
  /** One that follows it, with what it has stored. */
  const successor = () => market.client(0, own);
  return { client, news, transactions, successor };
}

async function counts({ public: node, wallet }: MarketClient) {
  const address = wallet?.account.address ?? "0x";
  const [latest, pending] = await Promise.all([
    node.getTransactionCount({ address, blockTag: "latest" }),
    node.getTransactionCount({ address, blockTag: "pending" }),
  ]);
  return { latest, pending };
}

/** The hash of a transaction of the account, once it waits. */
async function waiting(client: MarketClient): Promise<Hex> {
  const { account } = client.wallet ?? {};
  for (;;) {
    const { transactions } = await client.public.getBlock({
      ...{ blockTag: "pending", includeTransactions: true },
    });
    const found = transactions.find(({ from }) => from === account?.address.toLowerCase());
    if (found !== undefined) return found.hash;
  }
}

/** Mines blocks one by one until `promise` settles. */
async function mineUntil<T>(
  promise: Promise<T>,
  beforeEach: () => Promise<void> = async () => {},
): Promise<T> {
  let settled = false;
  const done = () => {
    settled = true;
  };
  promise.then(done, done);
  while (!settled) {
    await beforeEach();
    await market.chain.mine(1);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return promise;
}

test("one whose sending got no answer was sent once", async () => {
  await using proxy = await startFaultyRpc(market.chain.rpcUrl);
  proxy.misbehave(losingAnswers("eth_sendRawTransaction"));
  const { client } = await freshClient({ transport: http(proxy.url, { retryCount: 0 }) });
  await client.deposit({ amount: 3n });
  expect((await client.getAccount()).stake).toBe(3n);
  expect(await counts(client)).toEqual({ latest: 1, pending: 1 });
});

test("one that vanished is sent again, with the same bytes", async () => {
  const { client, news } = await freshClient();
  await market.chain.setAutomine(false);
  const writing = client.deposit({ amount: 5n });
  const hash = await waiting(client);
  await market.chain.dropTransaction(hash);
  const written = await mineUntil(writing);
  expect(written.hash).toBe(hash);
  expect(news).toEqual([{ type: "sent again", nonce: 0, action: "deposit", hash }]);
  expect((await client.getAccount()).stake).toBe(5n);
});

test("one that vanished and cannot be paid for waits until it can, unchanged", async () => {
  const { client, news, transactions } = await freshClient();
  const { address = "0x" } = client.wallet?.account ?? {};
  await market.chain.setAutomine(false);
  const writing = client.deposit({ amount: 5n });
  const hash = await waiting(client);
  await market.chain.dropTransaction(hash);
  await market.chain.setBalance(address, 6n);
  const seen = new Set<bigint>();
  while (seen.size < 5) {
    await market.chain.mine(1);
    await new Promise((resolve) => setTimeout(resolve, 30));
    seen.add(await client.public.getBlockNumber({ cacheTime: 0 }));
  }
  expect(news).toEqual([]);
  expect(transactions.all()[0]?.versions).toHaveLength(1);
  await market.chain.setBalance(address, parseEther("1"));
  expect((await mineUntil(writing)).hash).toBe(hash);
});

test("one that vanished and would be refused by now is not sent again", async () => {
  const program = await compileProgram({
    source: "export function main(input: Uint8Array): Uint8Array { return input; }",
  });
  const inputs = [new Uint8Array([1])];
  const { terms } = await market.requester.submitJob({ program, inputs, rewardPerTask: 1n });
  const { client, news, transactions } = await freshClient();
  await client.deposit({ amount: 10n ** 18n });
  await market.chain.setAutomine(false);
  const claiming = client.claim({ terms, batch: 0 });
  claiming.catch(() => {});
  await market.chain.dropTransaction(await waiting(client));
  const faster = market.workers[1].claim({ terms, batch: 0 });
  await waiting(market.workers[1]);
  await market.chain.mine(1);
  await faster;
  await expect(mineUntil(claiming)).rejects.toBeInstanceOf(WrongStatusError);
  expect(news.map(({ type }) => type)).toEqual(["dropped"]);
  expect(transactions.all()).toEqual([]);
  expect(await counts(client)).toEqual({ latest: 1, pending: 1 });
});

describe("one that offers too little", () => {
  /** Blocks pass, and its transaction is in none. */
  function passing(blocks: () => bigint): Fault {
    return async ({ method }, forward) => {
      if (method !== "eth_blockNumber") return undefined;
      const { result } = await forward();
      return { result: `0x${(BigInt(result as string) + blocks()).toString(16)}` };
    };
  }

  test("is replaced by one that offers an eighth more, then a quarter; one of them is mined", async () => {
    await using proxy = await startFaultyRpc(market.chain.rpcUrl);
    let passed = 0n;
    proxy.misbehave(passing(() => passed));
    const { client, news } = await freshClient({ transport: http(proxy.url) });
    await market.chain.setAutomine(false);
    const writing = client.deposit({ amount: 5n });
    const first = await waiting(client);
    while (news.length < 2) {
      passed++;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const { hash } = await mineUntil(writing);
    expect(news.map(({ type }) => type)).toEqual(["replaced", "replaced"]);
    expect(hash).toBe(news[1]?.hash);
    expect(await client.public.getTransaction({ hash: first }).catch(() => "gone")).toBe("gone");
    expect((await client.getAccount()).stake).toBe(5n);
    expect(await counts(client)).toEqual({ latest: 1, pending: 1 });
  });

  test("to stay in the pool when gas got dearer is replaced at the new price", async () => {
    const { client, news } = await freshClient();
    await market.chain.setAutomine(false);
    const writing = client.deposit({ amount: 5n });
    const { maxFeePerGas: offered = 0n } = await client.public.getTransaction({
      hash: await waiting(client),
    });
    const baseFee = 2n * offered;
    await market.chain.setNextBaseFee(baseFee);
    const { hash } = await mineUntil(writing, () => market.chain.setNextBaseFee(baseFee));
    expect(news.map(({ type }) => type)).toEqual(["replaced"]);
    const { maxFeePerGas = 0n } = await client.public.getTransaction({ hash });
    expect(maxFeePerGas).toBeGreaterThanOrEqual((offered * 1125n) / 1000n);
    expect(maxFeePerGas).toBeGreaterThanOrEqual(baseFee);
    expect(await counts(client)).toEqual({ latest: 1, pending: 1 });
  });

  test("waits at the cap; and above it nothing new is sent", async () => {
    const cap = parseGwei("6");
    await using proxy = await startFaultyRpc(market.chain.rpcUrl);
    let passed = 0n;
    proxy.misbehave(passing(() => passed));
    const { client, news } = await freshClient({ transport: http(proxy.url), maxFeePerGas: cap });
    await market.chain.setAutomine(false);
    const writing = client.deposit({ amount: 5n });
    await waiting(client);
    while (news.at(-1)?.type !== "held by the fee cap") {
      passed++;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const { maxFeePerGas } = await client.public.getTransaction({
      hash: news.at(-1)?.hash ?? "0x",
    });
    expect(maxFeePerGas).toBeLessThanOrEqual(cap);
    await mineUntil(writing);
    expect((await client.getAccount()).stake).toBe(5n);

    const { client: late } = await freshClient({ maxFeePerGas: 1n });
    await expect(late.deposit({ amount: 1n })).rejects.toThrow(
      expect.objectContaining({ code: "FEE_CAP", retryable: true }),
    );
    expect(await counts(late)).toEqual({ latest: 0, pending: 0 });
  });
});

test("a nonce that was lost before it is filled", async () => {
  const { client, news } = await freshClient();
  await market.chain.setAutomine(false);
  const other = await client.wallet?.sendTransaction({
    to: market.chain.accounts[0]?.address ?? null,
    value: 1n,
  });
  const writing = client.deposit({ amount: 5n });
  await expect.poll(() => counts(client)).toEqual({ latest: 0, pending: 2 });
  await market.chain.dropTransaction(other ?? "0x");
  await mineUntil(writing);
  expect(news.map(({ type, nonce }) => ({ type, nonce }))).toContainEqual({
    ...{ type: "gap filled", nonce: 0 },
  });
  expect((await client.getAccount()).stake).toBe(5n);
  expect(await counts(client)).toEqual({ latest: 2, pending: 2 });
});

test("a receipt that a reorganisation took away is awaited again", async () => {
  const { client, news } = await freshClient({ confirmations: 4 });
  const writing = client.deposit({ amount: 5n });
  while ((await client.getAccount()).stake === 0n);
  await market.chain.setAutomine(false);
  await market.chain.mine(1);
  await market.chain.reorganise(2);
  expect((await client.getAccount()).stake).toBe(0n);
  await mineUntil(writing);
  expect(news.map(({ type }) => type)).toEqual(["sent again"]);
  expect((await client.getAccount()).stake).toBe(5n);
  expect(await counts(client)).toEqual({ latest: 1, pending: 1 });
});

describe("what an earlier process left over", () => {
  test("and never sent is sent before anything new, once", async () => {
    const { client, transactions, successor, news } = await freshClient();
    await market.chain.setAutomine(false);
    const giveUp = new AbortController();
    const writing = client.deposit({ amount: 5n, signal: giveUp.signal });
    const hash = await waiting(client);
    giveUp.abort(new Error("killed"));
    await expect(writing).rejects.toThrow("killed");
    await market.chain.dropTransaction(hash);
    await market.chain.setAutomine(true);
    await successor().deposit({ amount: 7n });
    expect(news).toEqual([{ type: "sent again", nonce: 0, action: "deposit", hash }]);
    expect((await client.getAccount()).stake).toBe(12n);
    expect(await counts(client)).toEqual({ latest: 2, pending: 2 });
    expect(transactions.all()).toEqual([]);
  });

  test("and was mined meanwhile is not sent again", async () => {
    const { client, transactions, successor } = await freshClient();
    await market.chain.setAutomine(false);
    const giveUp = new AbortController();
    const writing = client.deposit({ amount: 5n, signal: giveUp.signal });
    await waiting(client);
    giveUp.abort(new Error("killed"));
    await expect(writing).rejects.toThrow("killed");
    await market.chain.mine(1);
    await successor().endTransactions();
    expect(transactions.all()).toEqual([]);
    expect((await client.getAccount()).stake).toBe(5n);
  });
});
