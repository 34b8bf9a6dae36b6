import { createWalletClient, custom, http, type WalletClient } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ofChain, startFaultyRpc } from "../../../../test/fixtures/faultyRpc.ts";
import { startMarket, type TestMarket } from "../../../../test/fixtures/market.ts";
import { spec, terms } from "../../../../worker/test/job.ts";
import { createMarketClient, encodeCall, type MarketClient } from "../../index.ts";

let market: TestMarket;
/** A contract of another ABI. */
let other: `0x${string}`;
beforeAll(async () => {
  market = await startMarket();
  other = await market.chain.deployJury();
});
afterAll(() => market[Symbol.asyncDispose]());

const jobId = `0x${"11".repeat(32)}` as const;

/** One call of each way to the chain: reads, logs, receipts, balances, writes, signatures. */
const calls: Record<string, (client: MarketClient) => Promise<unknown>> = {
  getParameters: (client) => client.getParameters(),
  getJob: (client) => client.getJob({ jobId }),
  getBalance: (client) => client.getBalance(),
  getMarketEvents: (client) => client.getMarketEvents({ fromBlock: 0n, toBlock: 1n }),
  getBlockEvents: (client) => client.getBlockEvents({ blockNumber: 1n, blockHash: jobId }),
  openJob: (client) => client.openJob({ jobId }),
  listJobs: (client) => client.listJobs().next(),
  watchJobs: (client) => client.watchJobs({ fromBlock: 0n }).next(),
  quote: (client) => client.quote({ taskCount: 1 }),
  deposit: (client) => client.deposit({ amount: 1n }),
  cancel: (client) => client.cancel({ terms }),
  "addCredit in tokens": (client) => client.addCredit({ token: other, amount: 1n }),
  "postJob in tokens": (client) => client.postJob({ terms: { ...terms, token: other }, spec }),
  signCall: (client) => client.signCall({ data: encodeCall("withdrawStake", [other]) }),
};

describe.each(Object.entries(calls))("%s", (_, call) => {
  test("of an address without a contract is refused by name, and sends nothing", async () => {
    const marketplace = "0x00000000000000000000000000000000000000AA";
    const client = market.client(4, { marketplace });
    const address = client.wallet?.account.address ?? "0x";
    const before = await client.public.getBalance({ address });
    await expect(call(client)).rejects.toMatchObject({
      ...{ code: "MARKETPLACE_NOT_FOUND", marketplace, chainId: 31_337, retryable: false },
      shortMessage: expect.stringContaining("check the address"),
    });
    expect(await client.public.getBalance({ address })).toBe(before);
  });

  test("of another contract is refused by name", async () => {
    await expect(call(market.client(4, { marketplace: other }))).rejects.toMatchObject({
      ...{ code: "MARKETPLACE_MISMATCH", marketplace: other },
      shortMessage: expect.stringContaining("is not a Marketplace"),
    });
  });

  test("on another chain is refused by name, with a Marketplace there or without", async () => {
    for (const marketplace of [market.chain.marketplace, other]) {
      const chain = { ...market.chain.chain, id: 1 };
      const transport = http(market.chain.rpcUrl);
      const account = market.chain.accounts[4];
      const client = createMarketClient({ chain, transport, marketplace, account });
      await expect(call(client)).rejects.toMatchObject({
        ...{ code: "WRONG_CHAIN", expected: 1, actual: 31_337 },
      });
    }
  });
});

test("what fails because of the endpoint is tried again, and a good answer is remembered", async () => {
  await using proxy = await startFaultyRpc(market.chain.rpcUrl);
  const client = market.client(4, { transport: http(proxy.url, { retryCount: 0 }) });
  proxy.misbehave(() => ({ http: 503 }));
  await expect(client.getParameters()).rejects.toMatchObject({ name: /HttpRequestError|Call/ });
  proxy.misbehave(undefined);
  await client.getParameters();
  const before = proxy.calls.length;
  await client.getParameters();
  expect(proxy.calls.length - before).toBe(1);
});

test("a block from before the deployment is named", async () => {
  const { requester, chain } = market;
  await expect(requester.getParameters({ blockNumber: 0n })).rejects.toMatchObject({
    ...{ code: "MARKETPLACE_NOT_FOUND", marketplace: chain.marketplace },
    shortMessage: expect.stringContaining("at block 0"),
  });
});

test("a wallet that was switched to another chain signs nothing", async () => {
  await using proxy = await startFaultyRpc(market.chain.rpcUrl);
  const { chain, accounts } = market.chain;
  // Its keys are its own, as in a browser.
  const wallet: WalletClient = createWalletClient({ chain, transport: http(proxy.url) });
  const transport = custom({ request: (call) => wallet.request(call as never) });
  const client = market.client(4, {
    transport,
    account: { address: accounts[4]?.address ?? "0x", type: "json-rpc" },
  });
  await client.getParameters();
  proxy.misbehave(ofChain(5));
  await expect(client.deposit({ amount: 1n })).rejects.toMatchObject({
    ...{ code: "WRONG_CHAIN", expected: 31_337, actual: 5 },
    shortMessage: expect.stringContaining("wallet"),
  });
});
