import { http } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fault, logsUpTo, startFaultyRpc } from "../../../test/fixtures/faultyRpc.ts";
import { startMarket, type TestMarket } from "../../../test/fixtures/market.ts";

let market: TestMarket;
let last: bigint;
beforeAll(async () => {
  market = await startMarket();
  await market.chain.mine(500);
  ({ blockNumber: last } = await market.workers[0].deposit({ amount: 7n }));
});
afterAll(() => market[Symbol.asyncDispose]());

/** The first three deposits' events, through an endpoint that misbehaves. */
async function read(fault: Fault) {
  await using proxy = await startFaultyRpc(market.chain.rpcUrl);
  proxy.misbehave(fault);
  const client = market.client(1, { transport: http(proxy.url, { retryCount: 0 }) });
  const events = await client.getMarketEvents({ fromBlock: 0n, toBlock: last });
  const calls = proxy.calls.filter(({ method }) => method === "eth_getLogs").length;
  return { calls, types: events.map(({ type }) => type) };
}

test.each([
  [
    "Alchemy",
    -32602,
    "Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range and no limit on the response size",
  ],
  ["Ankr", -32600, "block range is too wide"],
  ["Arbitrum", -32000, "logs matched by query exceeds limit of 10000"],
  ["Blast", -32005, "block range greater than 1000 max: block range exceeded"],
  ["BNB Chain", -32005, "limit exceeded"],
  [
    "Chainstack",
    -32005,
    "Block range limit exceeded. See more details at https://docs.chainstack.com",
  ],
  [
    "Cloudflare",
    -32047,
    "Invalid eth_getLogs request. 'fromBlock'-'toBlock' range too large. Max range: 800",
  ],
  ["dRPC", 35, "ranges over 10000 blocks are not supported on freetier"],
  ["Geth behind a limit", -32005, "query returned more than 10000 results"],
  [
    "Infura",
    -32005,
    "query returned more than 10000 results. Try with this block range [0x1, 0x2].",
  ],
  ["LlamaNodes", -32000, "range is too large, max is 1k blocks"],
  ["Polygon", -32000, "exceed maximum block range: 5000"],
  ["QuickNode", -32614, "eth_getLogs is limited to a 10,000 range"],
  ["QuickNode, free", -32615, "eth_getLogs is limited to a 5 range"],
  ["Tenderly", -32602, "query exceeds max results 20000, retry with the range 1-2"],
  ["zkSync", -32602, "Query returned more than 10000 results. Try with this block range"],
])(
  "what %s says of a range that is too large makes it smaller, and nothing is missed",
  async (_, code, message) => {
    const { calls, types } = await read(logsUpTo(100, { code, message }));
    expect(types).toEqual(["deposited", "deposited", "deposited"]);
    expect(calls).toBeGreaterThan(5);
    expect(calls).toBeLessThan(40);
  },
);

test.each([
  [-32005, "daily request count exceeded, request rate limited"],
  [-32005, "Your app has exceeded its compute units per second capacity"],
  [-32000, "something else"],
])("%i %s is no matter of the range", async (code, message) => {
  await expect(read(logsUpTo(100, { code, message }))).rejects.toThrow();
});
