import { createServer } from "node:http";
import { createMarketClient, type MarketEvent } from "@assay/sdk";
import { http } from "viem";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startChain, type TestChain } from "../../../test/fixtures/chain.ts";
import { accountOf, startedThings } from "../../test/network.ts";
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
  events: MarketEvent[];
  heads: Head[];
  troubles: (Error | undefined)[];
}

function follow({
  confirmations = 1,
  rpcUrl = chain.rpcUrl,
  from = 0n,
  pollingIntervalMs = 20,
}: { confirmations?: number; rpcUrl?: string; from?: bigint } & Partial<
  Pick<FollowerParameters, "pollingIntervalMs">
> = {}): Followed {
  let nextBlock = from;
  const [events, heads, troubles]: [MarketEvent[], Head[], (Error | undefined)[]] = [[], [], []];
  const client = createMarketClient({
    ...{ chain: chain.chain, transport: http(rpcUrl, { retryCount: 0 }), confirmations },
    marketplace: chain.marketplace,
  });
  const follower = startFollower({
    client,
    nextBlock: () => nextBlock,
    onEvents(found, next) {
      events.push(...found);
      nextBlock = next;
    },
    onHead: (head) => heads.push(head),
    onTrouble: (error) => troubles.push(error),
    pollingIntervalMs,
  });
  forTest.add(() => follower.stop());
  return { follower, events, heads, troubles };
}

function staker() {
  return createMarketClient({
    ...{ chain: chain.chain, transport: http(chain.rpcUrl), pollingIntervalMs: 10 },
    ...{ marketplace: chain.marketplace, account: accountOf(chain, 4) },
  });
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
  let isDown = false;
  const proxy = createServer(async (request, response) => {
    if (isDown) {
      response.writeHead(500).end();
      return;
    }
    const body: Buffer[] = [];
    for await (const chunk of request) body.push(chunk);
    const answer = await fetch(chain.rpcUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: Buffer.concat(body),
    });
    response.writeHead(200, { "content-type": "application/json" }).end(await answer.text());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  forTest.add(() => proxy.close());
  const address = proxy.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;

  const client = staker();
  const { blockNumber } = await client.deposit({ amount: 7n });
  const { follower, events, troubles } = follow({
    ...{ rpcUrl: `http://127.0.0.1:${port}`, from: blockNumber },
  });
  await follower.caughtUp;
  isDown = true;
  await expect.poll(() => troubles.length).toBe(1);
  await client.deposit({ amount: 8n });
  isDown = false;
  await expect.poll(() => amounts(events), { timeout: 5_000 }).toEqual([7n, 8n]);
  expect(troubles).toEqual([expect.any(Error), undefined]);
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
