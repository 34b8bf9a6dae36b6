import {
  type BidderRecord,
  type JobHandle,
  SELECTION_RULES,
  selectWinner,
  type TaskResult,
} from "@assay/sdk";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { longTest, variants } from "../../../test/fixtures/long.ts";
import { echo, numbered, slowEcho } from "../../../test/fixtures/programs.ts";
import {
  accountOf,
  type NodeProcess,
  type Started,
  startedThings,
} from "../../../worker/test/network.ts";
import {
  OFFER_CHAINS,
  type OfferBuyer,
  type OfferChain,
  offersOnAnvil,
  revertedTransactions,
  startBidder,
  startBuyer,
  startKillableBidder,
} from "../../../worker/test/offers.ts";
import { type OpenedOffer, openOffer } from "./openOffer.ts";

const started: Started = startedThings();
let chain: OfferChain;
let buyer: OfferBuyer;
async function begin(startPlace: (started: Started) => Promise<OfferChain>): Promise<void> {
  chain = await startPlace(started);
  buyer = await startBuyer(chain, started);
}
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
  await begin(offersOnAnvil);
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
  await begin(offersOnAnvil);
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

/** Kills a node that is a process, and waits for its end. */
async function kill(node: NodeProcess): Promise<void> {
  node.kill("SIGKILL");
  await node.exit;
}

/** A desk by which nodes that won die before they hear of it. */
function deskKilling(nodes: readonly NodeProcess[], onKilled: () => void = () => {}) {
  return {
    ...buyer.desk,
    async award(news: Parameters<typeof buyer.desk.award>[0]) {
      await Promise.all(nodes.map(kill));
      onKilled();
      return buyer.desk.award(news);
    },
  };
}

/** Who claimed the only batch of a job, and how many seconds after its award, by the chain's clock; the last claim counts. */
async function lastClaim({ jobId }: JobHandle, { award }: OpenedOffer) {
  const events = await buyer.market.getMarketEvents({
    ...{ jobId, fromBlock: 0n, toBlock: await buyer.market.public.getBlockNumber() },
  });
  const claim = events.findLast(({ type }) => type === "batchClaimed");
  if (claim?.type !== "batchClaimed" || award === undefined) throw new TypeError("nobody claimed");
  const { blockNumber, worker } = claim;
  const { timestamp } = await buyer.market.public.getBlock({ blockNumber });
  return { worker: worker.toLowerCase(), seconds: Number(timestamp) - award.award.from };
}

describe.each(variants(OFFER_CHAINS))("on %s, killed", (name, startPlace) => {
  beforeEach(() => begin(startPlace));

  test("before its claim, a winner has no part in the job: its backup has it in its own turn, and finishes it", async () => {
    const winner = await startKillableBidder(chain, buyer, started, { account: 2 });
    await startBidder(chain, buyer, started, { account: 3, asks: 200n });
    let killedAt = 0;
    const desk = deskKilling([winner], () => {
      killedAt = performance.now();
    });
    const opened = await openOffer({ ...parts(), desk }, { ...job, collectMs: 100_000, enough: 2 });
    expect(opened.award?.award).toMatchObject({ winner: accountName(2), backup: accountName(3) });
    const bought = await opened.job();
    expect((await resultsOf(bought)).length).toBe(4);
    print(
      `${name}: killed before its claim, until the backup's results`,
      performance.now() - killedAt,
    );
    const { worker, seconds } = await lastClaim(bought, opened);
    print(`${name}: from the award to the backup's claim, by the chain`, seconds * 1_000);
    expect(worker).toBe(accountName(3));
    // Not before the winner's turn was over.
    expect(seconds).toBeGreaterThanOrEqual(opened.offer.turnSeconds);
    expect(seconds).toBeLessThan(2 * opened.offer.turnSeconds);
    expect(await revertedTransactions(chain)).toEqual([]);
  });

  longTest(
    "after its claim, a winner leaves the batch to its backup when the time to submit is over",
    async () => {
      const winner = await startKillableBidder(chain, buyer, started, { account: 2 });
      await startBidder(chain, buyer, started, { account: 3, asks: 200n });
      const claimed = winner.line("batch claimed");
      const opened = await openOffer(parts(), {
        ...{ ...long, collectMs: 100_000, enough: 2, submitWindowSeconds: 120, turnSeconds: 10 },
      });
      await claimed;
      await kill(winner);
      const killedAt = performance.now();
      const bought = await opened.job();
      // Nothing happens until the time to submit is over.
      await chain.passTime(110);
      expect((await resultsOf(bought)).length).toBe(long.inputs.length);
      print(
        `${name}: killed after its claim, until the backup's results`,
        performance.now() - killedAt,
      );
      const { worker, seconds } = await lastClaim(bought, opened);
      print(`${name}: from the award to the backup's claim, by the chain`, seconds * 1_000);
      expect(worker).toBe(accountName(3));
      expect(seconds).toBeGreaterThan(120);
      expect(seconds).toBeLessThan(120 + 2 * 10);
      expect(await revertedTransactions(chain)).toEqual([]);
    },
  );

  longTest(
    "before their claims, winner and backup leave the job to whoever else has bid",
    async () => {
      const dead = [
        await startKillableBidder(chain, buyer, started, { account: 2, asks: 10n }),
        await startKillableBidder(chain, buyer, started, { account: 3, asks: 11n }),
      ];
      await startBidder(chain, buyer, started, { account: 4, asks: 12n });
      const opened = await openOffer(
        { ...parts(), desk: deskKilling(dead) },
        { ...job, collectMs: 100_000, enough: 3, turnSeconds: 5 },
      );
      expect(opened.award?.award).toMatchObject({ winner: accountName(2), backup: accountName(3) });
      const bought = await opened.job();
      expect((await resultsOf(bought)).length).toBe(4);
      const { worker, seconds } = await lastClaim(bought, opened);
      print(`${name}: from the award to the claim of a third`, seconds * 1_000);
      expect(worker).toBe(accountName(4));
      expect(seconds).toBeGreaterThanOrEqual(2 * 5);
      expect(await revertedTransactions(chain)).toEqual([]);
    },
  );

  longTest(
    "after a claim, winner and backup leave the batch open again: a third expires it and finishes it",
    async () => {
      const winner = await startKillableBidder(chain, buyer, started, { account: 2, asks: 10n });
      const backup = await startKillableBidder(chain, buyer, started, { account: 3, asks: 11n });
      await startBidder(chain, buyer, started, { account: 4, asks: 12n });
      const claimed = winner.line("batch claimed");
      const opened = await openOffer(parts(), {
        ...{ ...long, collectMs: 100_000, enough: 3, submitWindowSeconds: 120, turnSeconds: 10 },
      });
      await claimed;
      await Promise.all([kill(winner), kill(backup)]);
      const bought = await opened.job();
      await chain.passTime(110);
      expect((await resultsOf(bought)).length).toBe(long.inputs.length);
      const { worker, seconds } = await lastClaim(bought, opened);
      print(`${name}: from the award to the claim of a third`, seconds * 1_000);
      expect(worker).toBe(accountName(4));
      // Not before the backup's second turn was over.
      expect(seconds).toBeGreaterThanOrEqual(120 + 2 * 10);
      expect(await revertedTransactions(chain)).toEqual([]);
    },
  );
});

function print(what: string, ms: number): void {
  process.stdout.write(`${what}: ${(ms / 1_000).toFixed(1)} s\n`);
}
