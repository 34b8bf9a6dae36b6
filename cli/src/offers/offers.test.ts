import {
  type BidderRecord,
  type JobHandle,
  SELECTION_RULES,
  selectWinner,
  type TaskResult,
} from "@assay/sdk";
import { createPublicClient, http } from "viem";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { echo, numbered, slowEcho } from "../../../test/fixtures/programs.ts";
import { accountOf, type Started, startedThings } from "../../../worker/test/network.ts";
import {
  type OfferBuyer,
  type OfferChain,
  offersOnAnvil,
  revertedTransactions,
  startBidder,
  startBuyer,
  startKillableBidder,
} from "../../../worker/test/offers.ts";
import { openOffer } from "./openOffer.ts";

const started: Started = startedThings();
let chain: OfferChain;
let buyer: OfferBuyer;
beforeEach(async () => {
  chain = await offersOnAnvil(started);
  buyer = await startBuyer(chain, started);
});
afterEach(() => started.end());

const job = { program: echo.wasm, inputs: numbered(4), batchSize: 4, maxReward: 1_000n };
/** It takes some seconds, in which its worker can be killed. */
const long = { ...job, program: slowEcho.wasm, inputs: numbered(60), batchSize: 60 };
const accountName = (index: number) => accountOf(chain, index).address.toLowerCase();

function parts({ market: client, peer, desk } = buyer) {
  if (peer.market === undefined) throw new TypeError("the peer was given a market");
  return { client, market: peer.market, desk };
}

async function resultsOf(bought: JobHandle): Promise<string[]> {
  const results: TaskResult[] = [];
  for await (const result of bought.results()) results.push(result);
  return results
    .sort((a, b) => a.position - b.position)
    .map((one) => Buffer.from("bytes" in one ? one.bytes : []).toString());
}

test("the cheapest of three workers has the job at its price, the next one is its backup, and whoever evaluates the bids finds the same", async () => {
  for (const [account, asks] of [
    [2, 300n],
    [3, 200n],
    [4, 250n],
  ] as const) {
    await startBidder(chain, buyer, started, { account, asks });
  }
  const before = await buyer.market.getCredit();
  const opened = await openOffer(parts(), { ...job, collectMs: 100_000, enough: 3 });
  const { award, offer, digest } = opened;
  expect(award?.award).toMatchObject({
    ...{ offer: digest, winner: accountName(3), backup: accountName(4), reward: 200n },
  });
  const bought = await opened.job();
  expect(bought.terms.rewardPerTask).toBe(200n);
  expect(await resultsOf(bought)).toEqual(job.inputs.map((input) => Buffer.from(input).toString()));
  expect(await buyer.market.getBatches({ jobId: bought.jobId, count: 1 })).toMatchObject([
    { worker: accountOf(chain, 3).address, status: "submitted" },
  ]);
  expect(before - (await buyer.market.getCredit())).toBe(800n);
  expect(await revertedTransactions(chain)).toEqual([]);

  // Anybody with the same bids and records, in any order, by any rule.
  const bids = award?.bids ?? [];
  const records = new Map<string, BidderRecord>(
    bids.map(({ bid }) => [bid.worker.toLowerCase(), { score: 0, free: 10n ** 18n }]),
  );
  const offers = { chainId: chain.chain.id, offers: buyer.offers };
  const at = { offers, offer, records, from: award?.award.from ?? 0 };
  for (const rule of SELECTION_RULES) {
    const first = selectWinner({ ...at, bids, rule });
    expect(selectWinner({ ...at, bids: bids.toReversed(), rule })).toEqual(first);
    if (rule === "lowestPrice") expect(first).toEqual(award?.selection);
  }
});

test("an offer that nobody awards is taken by one of the workers when the price is what it asks, and by no second one", async () => {
  for (const account of [2, 3]) await startBidder(chain, buyer, started, { account, asks: 400n });
  const { desk } = buyer;
  // A selector that lost all bids.
  const forgetful = { ...desk, bids: () => [] };
  const opened = await openOffer(
    { ...parts(), desk: forgetful },
    { ...job, collectMs: 3_000, awardSeconds: 1, rampSeconds: 10 },
  );
  expect(opened.award).toBeUndefined();
  const bought = await opened.job();
  expect(bought.terms.rewardPerTask).toBeGreaterThanOrEqual(400n);
  expect(bought.terms.rewardPerTask).toBeLessThanOrEqual(1_000n);
  expect((await resultsOf(bought)).length).toBe(4);
  expect(await revertedTransactions(chain)).toEqual([]);
});

describe("a winner that is killed", () => {
  test("before its claim: its backup has the job in its own turn, and finishes it", async () => {
    const winner = await startKillableBidder(chain, buyer, started, { account: 2 });
    await startBidder(chain, buyer, started, { account: 3, asks: 200n });
    let killedAt = 0;
    const desk = {
      ...buyer.desk,
      // It has won, and dies before it hears of it.
      async award(news: Parameters<typeof buyer.desk.award>[0]) {
        winner.kill("SIGKILL");
        await winner.exit;
        killedAt = performance.now();
        return buyer.desk.award(news);
      },
    };
    const opened = await openOffer({ ...parts(), desk }, { ...job, collectMs: 100_000, enough: 2 });
    expect(opened.award?.award).toMatchObject({ winner: accountName(2), backup: accountName(3) });
    const bought = await opened.job();
    expect((await resultsOf(bought)).length).toBe(4);
    print("killed before its claim, until the backup's results", performance.now() - killedAt);
    expect(await buyer.market.getBatches({ jobId: bought.jobId, count: 1 })).toMatchObject([
      { worker: accountOf(chain, 3).address },
    ]);
    // Not before the winner's turn was over.
    const { blockNumber } = bought;
    const reader = createPublicClient({ transport: http(chain.rpcUrl) });
    const { timestamp } = await reader.getBlock({ blockNumber });
    const { from } = opened.award?.award ?? { from: 0 };
    expect(Number(timestamp) - from).toBeGreaterThanOrEqual(opened.offer.turnSeconds);
    expect(Number(timestamp) - from).toBeLessThan(2 * opened.offer.turnSeconds);
    expect(await revertedTransactions(chain)).toEqual([]);
  });

  test("after its claim: its backup has the batch when the time to submit is over, and finishes it", async () => {
    const winner = await startKillableBidder(chain, buyer, started, { account: 2 });
    await startBidder(chain, buyer, started, { account: 3, asks: 200n });
    const claimed = winner.line("batch claimed");
    const opened = await openOffer(parts(), {
      ...{ ...long, collectMs: 100_000, enough: 2, submitWindowSeconds: 120, turnSeconds: 10 },
    });
    await claimed;
    winner.kill("SIGKILL");
    await winner.exit;
    const killedAt = performance.now();
    const bought = await opened.job();
    // Nothing happens until the time to submit is over.
    await chain.passTime(110);
    expect((await resultsOf(bought)).length).toBe(long.inputs.length);
    print("killed after its claim, until the backup's results", performance.now() - killedAt);
    expect(await buyer.market.getBatches({ jobId: bought.jobId, count: 1 })).toMatchObject([
      { worker: accountOf(chain, 3).address },
    ]);
    expect(await revertedTransactions(chain)).toEqual([]);
  });
});

function print(what: string, ms: number): void {
  process.stdout.write(`${what}: ${(ms / 1_000).toFixed(1)} s\n`);
}
