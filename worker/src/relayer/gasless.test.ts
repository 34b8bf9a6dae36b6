import { join } from "node:path";
import {
  type CallRelay,
  callSigned,
  createMarketClient,
  encodeCall,
  httpRelay,
  type MarketClient,
  signCall,
} from "@assay/sdk";
import { type Address, http, type LocalAccount, parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startMarket, type TestMarket } from "../../../test/fixtures/market.ts";
import { echo, numbered } from "../../../test/fixtures/programs.ts";
import { deployToken } from "../../../test/fixtures/tokens.ts";
import { next, startedThings, startRequester, temporaryFolder } from "../../test/network.ts";
import { createNode } from "../node/node.ts";
import { openLedger } from "./ledger.ts";
import { createRelayerMetrics } from "./metrics.ts";
import { createRelayer } from "./relayer.ts";
import { serveRelayer } from "./serve.ts";

let market: TestMarket;
const started = startedThings();
beforeAll(async () => {
  market = await startMarket();
});
afterEach(() => started.end());
afterAll(() => market[Symbol.asyncDispose]());

/** Accounts of the chain that have coins. */
const [SPONSOR, RELAYER] = [8, 9];

/** Has a sponsor bring what others sign, and pay for it. */
function sponsoredBy(sponsor: MarketClient): CallRelay {
  return {
    mostPaid: [],
    async bring(calls) {
      const [first] = calls;
      if (first === undefined || calls.length > 1) throw new RangeError("one call");
      return callSigned(sponsor, first);
    },
  };
}

const clientOf = (account: LocalAccount, more: object = {}) =>
  createMarketClient({
    ...{ chain: market.chain.chain, transport: http(market.chain.rpcUrl), account },
    ...{ marketplace: market.chain.marketplace, pollingIntervalMs: 20, ...more },
  });

test("a requester and a worker without a wei: work is bought with a token by signature alone, done by a node through a relayer, and paid to the unit", async () => {
  const { chain } = market;
  const reward = 3_000n;
  const inputs = numbered(4);
  const escrow = reward * BigInt(inputs.length);
  const token = await deployToken(market, "PlainToken", 0n);
  const price = { address: token.address, weiPerToken: parseEther("1"), decimals: 6 };
  const buyer = privateKeyToAccount(generatePrivateKey());
  const worker = privateKeyToAccount(generatePrivateKey());
  await token.mint(buyer.address, escrow + 5n);
  const sponsor = market.client(SPONSOR);

  const folder = await temporaryFolder(started);
  const relayerClient = market.client(RELAYER);
  const relayer = relayerClient.wallet?.account.address as Address;
  const [ledger, metrics] = [openLedger(join(folder, "relay.sqlite")), createRelayerMetrics()];
  const server = await serveRelayer(
    createRelayer({
      ...{ client: relayerClient, ledger, metrics, batchMs: 20, batchCalls: 32 },
      ...{ maxWaiting: 64, perMinute: 6_000 },
      policy: {
        ...{ marginShare: 0.1, tokens: [price], advanceWei: parseEther("0.01") },
        ...{ advanceStakeWei: 1n, maxAdvancedWei: parseEther("0.05"), maxGasPerCall: 1_000_000n },
      },
    }),
    { host: "127.0.0.1", port: 0, metrics },
  );
  started.add(async () => {
    await server.close();
    ledger.close();
  });

  // The worker's stake is a sponsor's gift.
  const deposit = await signCall(clientOf(worker), {
    ...{ data: encodeCall("deposit", []), value: parseEther("0.5") },
  });
  await callSigned(sponsor, deposit);

  const { peer } = await startRequester(chain, started);
  const { content, announcer } = peer;
  const requester = clientOf(buyer, { content, announcer, relay: sponsoredBy(sponsor) });

  const coins = (address: Address) => sponsor.public.getBalance({ address });
  const credit = (account: Address) => sponsor.getCredit({ account, token: token.address });
  const look = async () => ({
    buyer: { wei: await coins(buyer.address), tokens: await token.balanceOf(buyer.address) },
    worker: { wei: await coins(worker.address), tokens: await token.balanceOf(worker.address) },
    relayer: { wei: await coins(relayer), tokens: await credit(relayer) },
    marketplace: { tokens: await token.balanceOf(chain.marketplace) },
  });
  const before = await look();
  console.log("before", before);

  const node = createNode({
    ...{ chain: chain.chain, transport: http(chain.rpcUrl), marketplace: chain.marketplace },
    ...{ account: worker, network: "local", bootstrap: peer.multiaddrs, pollingIntervalMs: 50 },
    dataDir: await temporaryFolder(started),
    executor: { processes: 1, taskLimitMs: 10_000 },
    policy: { tokens: [price], withdrawFromWei: 1n },
    relayer: httpRelay({ url: server.url, mostPaid: [{ token: token.address, amount: escrow }] }),
  });
  started.add(() => node.stop());
  await node.start();
  const withdrawn = next(node, "credit withdrawn", (one) => one.token === token.address);
  const job = await requester.submitJob({
    ...{ program: echo.wasm, inputs, rewardPerTask: reward, batchSize: 4 },
    token: token.address,
  });
  let results = 0;
  for await (const { outcome } of job.results()) results += Number(outcome === "ok");
  expect(results).toBe(inputs.length);
  await chain.increaseTime(job.terms.challengeWindowSeconds + 1);
  const { amount } = await withdrawn;

  const after = await look();
  console.log("after", after);
  expect(after.buyer).toEqual({ wei: 0n, tokens: 5n });
  expect(after.worker).toEqual({ wei: 0n, tokens: amount });
  expect(before.worker.wei).toBe(0n);
  // What the buyer paid is with the worker and the relayer, to the last unit.
  expect(amount + after.relayer.tokens).toBe(escrow);
  expect(after.marketplace.tokens).toBe(after.relayer.tokens);
  // The relayer has lost nothing: a unit of the token is worth so many wei.
  const spent = before.relayer.wei - after.relayer.wei;
  const earned = (after.relayer.tokens * price.weiPerToken) / 10n ** 6n;
  expect(earned).toBeGreaterThanOrEqual(spent);
  expect(metrics.registry.getSingleMetric("assay_relayer_owed_ether")).toBeDefined();
  expect(ledger.owedWei).toBe(0n);
});
