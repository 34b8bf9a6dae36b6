import { BaseError, http, parseGwei } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startFaultyRpc } from "../../../../test/fixtures/faultyRpc.ts";
import { startMarket, type TestMarket } from "../../../../test/fixtures/market.ts";
import { compileProgram } from "../../compile/index.ts";
import { WrongStatusError } from "../../index.ts";

let market: TestMarket;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market[Symbol.asyncDispose]());
afterEach(() => market.chain.setAutomine(true));

/** Resolves when `count` transactions wait in the node's pool. */
async function pending(count: number): Promise<void> {
  const { public: client } = market.requester;
  for (;;) {
    const { transactions } = await client.getBlock({ blockTag: "pending" });
    if (transactions.length === count) return;
  }
}

describe("an account's writes", () => {
  test("get their nonces in turn, over all clients of the process, mined or not", async () => {
    const clients = [market.client(5), market.client(5)];
    const many = () =>
      Array.from({ length: 20 }, (_, i) => clients[i % 2]?.deposit({ amount: BigInt(i + 1) }));
    await Promise.all(many());
    expect((await market.client(5).getAccount()).stake).toBe(210n);

    await market.chain.setAutomine(false);
    const waiting = Promise.all(many());
    await pending(20);
    await market.chain.mine(1);
    const hashes = (await waiting).map((written) => written?.hash);
    expect(new Set(hashes).size).toBe(20);
    expect((await market.client(5).getAccount()).stake).toBe(420n);
  });

  test("go on after one that is refused", async () => {
    const client = market.client(6);
    const outcomes = await Promise.allSettled([
      client.deposit({ amount: 1n }),
      client.unbond({ amount: 10n ** 20n }),
      client.deposit({ amount: 2n }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect((await client.getAccount()).stake).toBe(3n);
  });

  test("count when they have their confirmations", async () => {
    const client = market.client(7, { confirmations: 3 });
    let done = false;
    const writing = client.deposit({ amount: 1n }).then(() => {
      done = true;
    });
    while ((await client.getAccount()).stake === 0n);
    await market.chain.mine(1);
    await client.getParameters();
    expect(done).toBe(false);
    await market.chain.mine(1);
    await writing;
  });

  test("an abort ends the waiting, not the transaction", async () => {
    await market.chain.setAutomine(false);
    const client = market.client(8);
    const controller = new AbortController();
    const writing = client.deposit({ amount: 5n, signal: controller.signal });
    await pending(1);
    controller.abort(new Error("enough"));
    await expect(writing).rejects.toThrow("enough");
    await market.chain.mine(1);
    expect((await client.getAccount()).stake).toBe(5n);
  });

  test("one that another transaction replaced says so", async () => {
    await market.chain.setAutomine(false);
    const client = market.client(9);
    const writing = client.deposit({ amount: 5n });
    const failed = expect(writing).rejects.toThrow(
      expect.objectContaining({ code: "TRANSACTION_REPLACED", retryable: true }),
    );
    await pending(1);
    const nonce = await client.public.getTransactionCount({
      address: client.wallet?.account.address ?? "0x",
    });
    await client.wallet?.sendTransaction({
      to: market.chain.accounts[0]?.address ?? null,
      nonce,
      maxPriorityFeePerGas: parseGwei("50"),
      maxFeePerGas: parseGwei("100"),
    });
    await market.chain.mine(1);
    await failed;
  });
});

test("two workers after one batch: who comes second pays gas, and is told why and how much", async () => {
  const program = await compileProgram({
    source: "export function main(input: Uint8Array): Uint8Array { return input; }",
  });
  const inputs = [new Uint8Array([1])];
  const { terms } = await market.requester.submitJob({ program, inputs, rewardPerTask: 1n });
  const [one, two] = market.workers;

  await market.chain.setAutomine(false);
  const claims = Promise.allSettled([
    one.claim({ terms, batch: 0 }),
    two.claim({ terms, batch: 0 }),
  ]);
  await pending(2);
  await market.chain.mine(1);
  const outcomes = await claims;
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  const failure = outcomes.find((outcome) => outcome.status === "rejected");
  expect(failure?.reason).toBeInstanceOf(WrongStatusError);
  expect(failure?.reason).toMatchObject({
    code: "Marketplace_WrongStatus",
    transaction: { hash: expect.stringMatching(/^0x/), gasUsed: expect.any(BigInt) },
  });
  expect(failure?.reason.transaction.feeWei).toBeGreaterThan(0n);
});

test("a node out of reach is viem's own error", async () => {
  const transport = http("http://127.0.0.1:1", { retryCount: 0 });
  const client = market.client(5, { transport });
  await expect(client.deposit({ amount: 1n })).rejects.toThrow(BaseError);
  await expect(client.getParameters()).rejects.toThrow(BaseError);
});

test("an account without money is told so, whatever words the node has for it", async () => {
  await using proxy = await startFaultyRpc(market.chain.rpcUrl);
  // Hardhat's words, and the code that viem takes for a malformed request.
  const message = "Sender doesn't have enough funds to send tx. The max upfront cost is: 100";
  proxy.misbehave(({ method, params }) =>
    method === "eth_call" && "from" in (params[0] as object)
      ? { error: { code: -32602, message } }
      : undefined,
  );
  const account = privateKeyToAccount(generatePrivateKey());
  const client = market.client(1, { account, transport: http(proxy.url, { retryCount: 0 }) });
  await expect(client.deposit({ amount: 100n })).rejects.toMatchObject({
    code: "INSUFFICIENT_BALANCE",
    needed: 100n,
    available: 0n,
  });
});
