import { createMarketClient } from "@assay/sdk";
import { createPublicClient, numberToHex } from "viem";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startChain, type TestChain } from "../../../test/fixtures/chain.ts";
import {
  dropping,
  type FaultyRpc,
  hanging,
  limiting,
  ofChain,
  staleAt,
  startFaultyRpc,
} from "../../../test/fixtures/faultyRpc.ts";
import { accountOf, startedThings } from "../../test/network.ts";
import { type ConnectChainOptions, connectChain } from "./connectChain.ts";
import type { EndpointNews } from "./rpc/endpoint.ts";

const forAll = startedThings();
const forTest = startedThings();
let chain: TestChain;
let [first, second]: FaultyRpc[] = [];
beforeAll(async () => {
  chain = await startChain();
  forAll.add(() => chain.stop());
});
afterEach(() => forTest.end());
afterAll(() => forAll.end());

/** Two endpoints of the same node, which may misbehave. */
async function twoProxies(): Promise<[FaultyRpc, FaultyRpc]> {
  [first, second] = [await startFaultyRpc(chain.rpcUrl), await startFaultyRpc(chain.rpcUrl)];
  for (const proxy of [first, second]) forTest.add(() => proxy.stop());
  return [first, second];
}

async function connect(proxies: readonly { url: string }[], options: ConnectChainOptions = {}) {
  const news: EndpointNews[] = [];
  const connected = await connectChain(
    proxies.map(({ url }) => url),
    { requestMs: 1_000, onEndpoint: (event) => news.push(event), ...options },
  );
  const { chain: viemChain, transport } = connected;
  const client = createPublicClient({ chain: viemChain, transport, cacheTime: 0 });
  const { marketplace } = chain;
  const market = createMarketClient({
    ...{ chain: viemChain, transport, marketplace, account: accountOf(chain, 4) },
    pollingIntervalMs: 10,
  });
  return { ...connected, client, market, news };
}

const asked = (proxy: FaultyRpc, method: string) =>
  proxy.calls.filter((call) => call.method === method).length;
const balance = { address: "0x00000000000000000000000000000000000000A5" } as const;

describe("an endpoint", () => {
  test("that answers is the only one that is asked", async () => {
    const proxies = await twoProxies();
    const { client, endpoints } = await connect(proxies);
    await client.getBlock();
    for (let i = 0; i < 3; i++) expect(await client.getBalance(balance)).toBe(0n);
    expect(asked(proxies[0], "eth_getBalance")).toBe(3);
    expect(asked(proxies[1], "eth_getBalance")).toBe(0);
    expect(endpoints().map(({ state }) => state)).toEqual(["ok", "ok"]);
  });

  test.each([
    ["hangs", hanging()],
    ["breaks connections", dropping()],
    ["has had too many requests", limiting("60")],
    ["is out of order", () => ({ http: 503 })],
  ] as const)("that %s is left alone, and the next one is asked", async (_, fault) => {
    const proxies = await twoProxies();
    const { client, news } = await connect(proxies);
    proxies[0].misbehave(fault);
    expect(await client.getBalance(balance)).toBe(0n);
    expect(await client.getBalance(balance)).toBe(0n);
    expect(news).toMatchObject([{ type: "left alone", endpoint: proxies[0].url }]);
    expect(asked(proxies[1], "eth_getBalance")).toBe(2);
  });

  test("is asked again when it is well again", async () => {
    const proxies = await twoProxies();
    const { client, news } = await connect(proxies);
    proxies[0].misbehave(dropping());
    await client.getBlockNumber();
    proxies[0].misbehave(undefined);
    await expect
      .poll(async () => {
        await client.getBlockNumber();
        return news.at(-1);
      })
      .toEqual({ type: "back", endpoint: proxies[0].url });
  });

  test("is not asked before the time that it gave with 429 is over, even if it is the only one", async () => {
    const [proxy] = await twoProxies();
    const { client, news } = await connect([proxy]);
    proxy.misbehave(limiting("1"));
    const limited = client.getBlockNumber();
    await expect.poll(() => news).toMatchObject([{ type: "left alone", forMs: 1_000 }]);
    const before = proxy.calls.length;
    proxy.misbehave(undefined);
    expect(await limited).toBeGreaterThan(0n);
    expect(proxy.calls.length).toBe(before + 1);
    proxy.misbehave(limiting("100"));
    await expect(client.getBlockNumber()).rejects.toThrow(
      expect.objectContaining({ code: "RPC_PAUSED", retryable: true }),
    );
  });

  test("of another chain is dropped, at the start or later, and never asked again", async () => {
    const [wrong, right] = await twoProxies();
    wrong.misbehave(ofChain(1));
    const { client, news, endpoints } = await connect([wrong, right], { expectedId: 31_337 });
    await client.getBlockNumber();
    const reason = "it serves chain 1, not 31337";
    expect(news).toEqual([{ type: "dropped", endpoint: wrong.url, reason }]);
    expect(endpoints().map(({ state }) => state)).toEqual(["dropped", "ok"]);
    const before = wrong.calls.length;
    right.misbehave(dropping());
    await expect(client.getBlockNumber()).rejects.toThrow();
    expect(wrong.calls.length).toBe(before);

    // One that did not answer at first shows what it is when it does.
    right.misbehave(undefined);
    wrong.misbehave(dropping());
    const late = await connect([wrong, right]);
    wrong.misbehave(ofChain(1));
    await expect
      .poll(async () => {
        await late.client.getBlockNumber();
        return late.news.at(-1);
      })
      .toEqual({ type: "dropped", endpoint: wrong.url, reason });
  });

  test("of a chain with the same id and another beginning is dropped", async () => {
    await using other = await startChain();
    const { client, news } = await connect([{ url: chain.rpcUrl }, { url: other.rpcUrl }]);
    await client.getBlockNumber();
    expect(news).toMatchObject([{ type: "dropped", endpoint: other.rpcUrl }]);
  });
});

test("a moment's trouble of all endpoints is waited for at the start", async () => {
  const proxies = await twoProxies();
  for (const proxy of proxies) {
    proxy.misbehave(() => (proxy.calls.length > 2 ? undefined : { http: 503 }));
  }
  const { client } = await connect(proxies);
  expect(await client.getBlockNumber()).toBeGreaterThan(0n);
});

test("endpoints that all are of another chain, and none that answers, are errors that name the fix", async () => {
  const [proxy] = await twoProxies();
  await expect(connect([proxy], { expectedId: 1 })).rejects.toThrow(
    expect.objectContaining({ code: "CHAIN_MISMATCH" }),
  );
  proxy.misbehave(dropping());
  await expect(connect([proxy])).rejects.toThrow(
    expect.objectContaining({ code: "CHAIN_UNREACHABLE", retryable: true }),
  );
});

test("WebSocket endpoints are endpoints, too", async () => {
  const { client } = await connect([{ url: chain.rpcUrl.replace("http", "ws") }]);
  await chain.mine(1);
  const number = await client.getBlockNumber();
  expect(await client.getBlock()).toMatchObject({ number });
});

test("what a contract says is an answer, and no other endpoint is asked", async () => {
  const proxies = await twoProxies();
  const { market, news } = await connect(proxies);
  await expect(market.unbond({ amount: 10n ** 28n })).rejects.toMatchObject({
    code: "Marketplace_InsufficientStake",
  });
  expect(asked(proxies[1], "eth_call")).toBe(0);
  expect(news).toEqual([]);
});

describe("a head that stands still", () => {
  test("gives way to a fresher one, and no old state is taken for a refusal", async () => {
    const [stale, fresh] = await twoProxies();
    const { client, market, news } = await connect([stale, fresh], { probeMs: 50 });
    const { number } = await client.getBlock();
    stale.misbehave(staleAt(Number(number)));
    const { blockNumber } = await market.deposit({ amount: 5n });
    expect(blockNumber).toBe(number + 1n);
    expect((await market.getAccount()).stake).toBe(5n);
    // Refused by the state that the stale one is at.
    await market.unbond({ amount: 5n });
    expect(await client.getBlockNumber()).toBe(number + 2n);
    await expect
      .poll(async () => {
        await client.getBlockNumber();
        return news;
      })
      .toContainEqual(expect.objectContaining({ type: "behind", endpoint: stale.url }));
    const before = asked(stale, "eth_getBalance");
    await client.getBalance(balance);
    expect(asked(stale, "eth_getBalance")).toBe(before);
    stale.misbehave(undefined);
    await expect
      .poll(async () => {
        await client.getBlockNumber();
        return news.at(-1);
      })
      .toEqual({ type: "back", endpoint: stale.url });
  });

  test("behind one address, where some machines lag, is asked again until it has the block", async () => {
    const [proxy] = await twoProxies();
    const { market } = await connect([proxy]);
    const { blockNumber } = await market.deposit({ amount: 5n });
    let lagging = 2;
    const old = staleAt(Number(blockNumber) - 1);
    proxy.misbehave((call, forward) => {
      if (call.method !== "eth_call" || lagging === 0) return undefined;
      lagging--;
      return old(call, forward);
    });
    expect((await market.getAccount()).stake).toBeGreaterThanOrEqual(5n);
    expect(lagging).toBe(0);
  });

  test("that nobody is ahead of is an error until the block is given up", async () => {
    const [proxy] = await twoProxies();
    const { client } = await connect([proxy], { staleAfterMs: 1_500 });
    await chain.mine(1);
    const number = await client.getBlockNumber();
    proxy.misbehave(staleAt(Number(number) - 1));
    await expect(client.getBlockNumber()).rejects.toThrow(
      expect.objectContaining({ code: "RPC_BEHIND", retryable: true }),
    );
    await expect.poll(() => client.getBlockNumber().catch(() => 0n)).toBe(number - 1n);
  });
});

test("an endpoint far ahead of all others is not believed", async () => {
  const [liar, honest] = await twoProxies();
  const { client } = await connect([liar, honest]);
  const number = await client.getBlockNumber();
  await expect.poll(() => asked(honest, "eth_blockNumber")).toBeGreaterThan(0);
  liar.misbehave(({ method }) =>
    method === "eth_blockNumber" ? { result: numberToHex(number + 1_000_000n) } : undefined,
  );
  expect(await client.getBlockNumber()).toBe(number);
  expect(await client.getBalance(balance)).toBe(0n);
});
