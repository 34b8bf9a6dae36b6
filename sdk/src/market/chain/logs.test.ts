import { http, RpcRequestError } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Fault,
  logsUpTo,
  logsUpToBy,
  startFaultyRpc,
} from "../../../../test/fixtures/faultyRpc.ts";
import { startMarket, type TestMarket } from "../../../../test/fixtures/market.ts";
import { logRangeSize } from "./logRange.ts";

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

const words = (message: string, data?: unknown, code = -32000) => ({
  error: { code, message, data },
});

test.each<[string, Parameters<typeof logsUpToBy>[1]]>([
  ["words that nobody has used yet", words("nope")],
  ["words of another language", words("区块范围过大")],
  ["no words", words("")],
  ["words in the data alone", words("invalid params", { payload: "span 9999 over 100" }, -32602)],
  ["a text as data", words("execution error", "too wide", 3)],
  ["words that sound like too many requests", words("rate of blocks in range exceeds capacity")],
  ["an internal error", words("Internal error", undefined, -32603)],
  ["HTTP 400", { http: 400, body: { error: { code: -32602, message: "at most 100" } } }],
  ["HTTP 413 without words", { http: 413 }],
  ["HTTP 422 and a page", { http: 422, body: "<html>no</html>" }],
  ["HTTP 500 that names the range", { http: 500, body: { error: "block range of 9999" } }],
])("a refusal in %s makes the range smaller, and nothing is missed", async (_, refusal) => {
  const { calls, types } = await read(logsUpToBy(100, refusal));
  expect(types).toEqual(["deposited", "deposited", "deposited"]);
  expect(calls).toBeLessThan(30);
});

test("the limit that was learned is remembered: it costs a few refusals, and later reads none", async () => {
  await using proxy = await startFaultyRpc(market.chain.rpcUrl);
  let refused = 0;
  const refuses = logsUpToBy(70, words("no"));
  proxy.misbehave(async (call, forward) => {
    const reply = await refuses(call, forward);
    if (reply !== undefined) refused++;
    return reply;
  });
  const client = market.client(1, { transport: http(proxy.url, { retryCount: 0 }) });
  const all = () => client.getMarketEvents({ fromBlock: 0n, toBlock: last });
  await all();
  expect(refused).toBeLessThan(12);
  await all();
  const before = refused;
  for (let i = 0; i < 4; i++) expect(await all()).toHaveLength(3);
  expect(refused).toBe(before);
});

test("after a while larger ranges are tried again, as the endpoint may have changed its mind", () => {
  const size = logRangeSize({ request: async () => {} } as never);
  const refusal = new RpcRequestError({ body: {}, error: { code: 1, message: "no" }, url: "" });
  while (size.blocks > 10n) size.refused(refusal, size.blocks);
  for (let i = 0; i < 200_000 && size.blocks < 10_000n; i++) size.accepted(size.blocks);
  expect(size.blocks).toBe(10_000n);
});

test.each([
  ["words", words("no logs today", { why: "index lost" })],
  ["HTTP", { http: 400, body: { error: { message: "no logs today: index lost" } } }],
] as const)(
  "a single block that is refused, by %s, is given up with the reason",
  async (_, refusal) => {
    const reading = read(logsUpToBy(0, refusal));
    await expect(reading).rejects.toMatchObject({ code: "LOGS_REFUSED", block: 0n });
    await expect(reading).rejects.toThrow(/no logs today.*index lost/);
  },
);

test.each([
  [-32005, "daily request count exceeded, request rate limited"],
  [-32005, "Your app has exceeded its compute units per second capacity"],
  [-32601, "the method eth_getLogs does not exist"],
])("%i %s is no matter of the range", async (code, message) => {
  await expect(read(logsUpTo(100, { code, message }))).rejects.toThrow();
});

test("whoever goes on asking after too many requests asks for less in the end", async () => {
  await using proxy = await startFaultyRpc(market.chain.rpcUrl);
  proxy.misbehave(logsUpTo(100, { code: -32005, message: "rate limited" }));
  const client = market.client(1, { transport: http(proxy.url, { retryCount: 0 }) });
  const once = () => client.getMarketEvents({ fromBlock: 0n, toBlock: last });
  let tries = 1;
  while (
    !(await once().then(
      () => true,
      () => false,
    ))
  )
    tries++;
  expect(tries).toBeLessThan(25);
});

describe("an answer", () => {
  const log = async () => {
    await using proxy = await startFaultyRpc(market.chain.rpcUrl);
    const client = market.client(1, { transport: http(proxy.url) });
    const params = [{ address: market.chain.marketplace, fromBlock: "0x0", toBlock: "latest" }];
    return (await client.public.request({ method: "eth_getLogs", params } as never)) as object[];
  };

  test.each<[string, (logs: object[]) => unknown]>([
    ["with each log twice", (logs) => [...logs, ...logs]],
    ["in another order", (logs) => logs.toReversed()],
    [
      "with another contract's logs",
      (logs) => [...logs, { ...logs[0], address: `0x${"11".repeat(20)}`, logIndex: "0x9" }],
    ],
    [
      "with other events",
      (logs) => [...logs, { ...logs[0], topics: [`0x${"11".repeat(32)}`], logIndex: "0x9" }],
    ],
    [
      "with logs of other blocks",
      (logs) => [...logs, { ...logs[0], blockNumber: "0xffffff", logIndex: "0x9" }],
    ],
    [
      "with logs that were undone",
      (logs) => [...logs, { ...logs[0], removed: true, logIndex: "0x9" }],
    ],
  ])("%s is put right", async (_, alter) => {
    const given = await log();
    const { types } = await read(({ method }) =>
      method === "eth_getLogs" ? { result: alter(given) } : undefined,
    );
    expect(types).toEqual(["deposited", "deposited", "deposited"]);
  });

  test("by the letter of the specification has logs with one indexed argument", async () => {
    const given = (await log()) as { topics: string[] }[];
    // A filter with more places than a log has topics does not match it: so say geth and Hardhat; anvil is more generous.
    const { types } = await read(({ method, params }) => {
      if (method !== "eth_getLogs") return undefined;
      const [{ topics = [] }] = params as [{ topics?: unknown[] }];
      return { result: given.filter((one) => one.topics.length >= topics.length) };
    });
    expect(types).toEqual(["deposited", "deposited", "deposited"]);
  });

  test.each<[string, (logs: object[]) => unknown]>([
    ["that is no list", () => ({})],
    ["that is nothing", () => null],
    ["with something else in it", (logs) => [...logs, null]],
    ["with a log of no block", (logs) => [{ ...logs[0], blockNumber: null }]],
    ["with a log whose data is cut off", (logs) => [{ ...logs[0], data: "0x01" }]],
    ["with a log whose data is odd", (logs) => [{ ...logs[0], data: "0x123" }]],
  ])("%s is an error", async (_, alter) => {
    const given = await log();
    const reading = read(({ method }) =>
      method === "eth_getLogs" ? { result: alter(given) } : undefined,
    );
    await expect(reading).rejects.toMatchObject({ code: "CHAIN_DATA_INCONSISTENT" });
  });
});
