import { createMarketClient, SELECTION_RULES, type SelectionRule, selectWinner } from "@assay/sdk";
import { http } from "viem";
import { afterEach, expect } from "vitest";
import { longTest } from "../../../test/fixtures/long.ts";
import { echo, numbered } from "../../../test/fixtures/programs.ts";
import { type Random, seededRandom } from "../../../test/fixtures/random.ts";
import { startedThings } from "../../../worker/test/network.ts";
import {
  type OfferBuyer,
  type OfferChain,
  offersOnAnvil,
  revertedTransactions,
  startBidder,
  startBuyer,
} from "../../../worker/test/offers.ts";
import { type OpenedOffer, openOffer, readBidders } from "./openOffer.ts";

const started = startedThings();
afterEach(() => started.end());

const { workers, jobs } = { workers: 20, jobs: 50 };
/** Offers that are open at a time. */
const AT_ONCE = 5;
/** What a worker asks is one of so many prices, so that some ask the same. */
const PRICES = 40;

longTest(
  `${workers} workers bid on ${jobs} jobs of a real chain: the award is the same whoever evaluates it, its winner does the work, and no transaction reverts`,
  async () => {
    const random = seededRandom();
    process.stdout.write(`SEED=${random.seed}\n`);
    const chain = await offersOnAnvil(started);
    const buyer = await startBuyer(chain, started);
    for (let worker = 0; worker < workers; worker++) {
      await startBidder(chain, buyer, started, {
        ...{ account: 2 + worker, asks: 0n, executor: { processes: 1, taskLimitMs: 20_000 } },
        pricing: { askedReward: async () => 100n + BigInt(random.below(PRICES)) },
      });
    }
    const winners = new Set<string>();
    const opened: Bought[] = [];
    const next = Array.from({ length: jobs }, (_, job) => job).values();
    const lanes = Array.from({ length: AT_ONCE }, async () => {
      for (const job of next) opened.push(await buy(buyer, job));
    });
    const startedAt = performance.now();
    await Promise.all(lanes);
    const seconds = (performance.now() - startedAt) / 1_000;

    for (const { award, worker } of opened) {
      expect(worker).toBe(award?.award.winner.toLowerCase());
      winners.add(worker);
    }
    for (const one of opened) await expectSameElsewhere(chain, one, random);
    expect(opened.length).toBe(jobs);
    const reverted = await revertedTransactions(chain);
    process.stdout.write(
      `${workers} workers, ${jobs} jobs: ${winners.size} different winners, ${reverted.length} transactions reverted, ${seconds.toFixed(0)} s\n`,
    );
    expect(reverted).toEqual([]);
  },
);

interface Bought extends OpenedOffer {
  rule: SelectionRule;
  /** Who did the work, in lower case. */
  worker: string;
}

async function buy({ market: client, peer, desk }: OfferBuyer, job: number): Promise<Bought> {
  if (peer.market === undefined) throw new TypeError("the peer was given a market");
  const rule = SELECTION_RULES[job % SELECTION_RULES.length] ?? "lowestPrice";
  const opened = await openOffer(
    { client, market: peer.market, desk },
    {
      ...{ program: echo.wasm, inputs: numbered(4), batchSize: 4, maxReward: 1_000n, rule },
      ...{ collectMs: 200_000, enough: workers, awardSeconds: 60, turnSeconds: 30 },
    },
  );
  const bought = await opened.job();
  let results = 0;
  for await (const { outcome } of bought.results()) results += Number(outcome === "ok");
  expect(results).toBe(4);
  const [batch] = await client.getBatches({ jobId: bought.jobId, count: 1 });
  return { ...opened, rule, worker: (batch?.worker ?? "").toLowerCase() };
}

/** Somebody else, with a client of its own, reads stake and scores at the same block, and has the bids in another order. */
async function expectSameElsewhere(
  { chain, rpcUrl, marketplace, offers }: OfferChain,
  { award, offer, rule, selectedAt }: Bought,
  random: Random,
): Promise<void> {
  if (award === undefined) throw new TypeError("an offer was not awarded");
  const client = createMarketClient({ chain, transport: http(rpcUrl), marketplace });
  const bids = award.bids
    .map(({ bid, signature }) => ({ signed: { bid, signature }, at: random.below(2 ** 30) }))
    .sort((a, b) => a.at - b.at)
    .map(({ signed }) => signed);
  expect(bids.length).toBe(workers);
  const records = await readBidders(
    client,
    bids.map(({ bid }) => bid.worker),
    { blockNumber: selectedAt },
  );
  const ref = { chainId: chain.id, offers };
  const { from, winner, backup, reward } = award.award;
  const found = selectWinner({ offers: ref, offer, bids, records, rule, from });
  expect(found?.winner.bid).toMatchObject({ worker: winner, reward });
  expect(found?.backup?.bid.worker).toBe(backup);
  if (rule !== "lowestPrice") return;
  for (const { bid } of bids) expect(bid.reward).toBeGreaterThanOrEqual(reward);
}
