import { createMarketClient, getBond, withdrawBond } from "@assay/sdk";
import { http } from "viem";
import { afterEach, beforeEach, expect, test } from "vitest";
import { longTest } from "../../../test/fixtures/long.ts";
import { echo, numbered } from "../../../test/fixtures/programs.ts";
import { accountOf, next, startedThings } from "../../../worker/test/network.ts";
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

const started = startedThings();
let chain: OfferChain;
let buyer: OfferBuyer;
beforeEach(async () => {
  chain = await offersOnAnvil(started);
  buyer = await startBuyer(chain, started);
});
afterEach(() => started.end());

const BOND = 10n ** 15n;
const bonded = {
  ...{ program: echo.wasm, inputs: numbered(4), batchSize: 4, maxReward: 1_000n },
  ...{ collectMs: 100_000, enough: 2, bidBond: BOND },
};
const policy = { maxBidBondsWei: 2n * BOND };
const nameOf = (index: number) => accountOf(chain, index).address.toLowerCase();
const bondOf = (index: number) =>
  getBond(buyer.market, { account: accountOf(chain, index).address });
/** What the contract holds: bonds that are free, held, and lost. */
const heldByOffers = () => buyer.market.public.getBalance({ address: chain.offers });

function parts(desk: OfferBuyer["desk"] = buyer.desk) {
  const { market: client, peer } = buyer;
  if (peer.market === undefined) throw new TypeError("the peer was given a market");
  return { client, market: peer.market, desk };
}

type News = Parameters<OfferBuyer["desk"]["award"]>[0];

/** A desk by which something happens before winner and backup hear of an award. */
function deskWith(before: (news: News) => Promise<void>) {
  return {
    ...buyer.desk,
    async award(news: News) {
      await before(news);
      return buyer.desk.award(news);
    },
  };
}

async function workerOf(opened: Awaited<ReturnType<typeof openOffer>>): Promise<string> {
  const bought = await opened.job();
  let results = 0;
  for await (const { outcome } of bought.results()) results += Number(outcome === "ok");
  expect(results).toBe(4);
  const [batch] = await buyer.market.getBatches({ jobId: bought.jobId, count: 1 });
  return (batch?.worker ?? "").toLowerCase();
}

test("nodes put bonds behind their bids, as far as they may; the winner's comes back with its claim", async () => {
  await startBidder(chain, buyer, started, { account: 2, asks: 200n, policy });
  await startBidder(chain, buyer, started, { account: 3, asks: 300n, policy });
  const unwilling = await startBidder(chain, buyer, started, { account: 4, asks: 100n });
  const left = next(unwilling, "offer over");
  const opened = await openOffer(parts(), bonded);
  expect((await left).reason).toBe("its bid bond is more than this node puts behind bids");
  expect(opened.award?.award).toMatchObject({ winner: nameOf(2), backup: nameOf(3), reward: 200n });
  expect(await workerOf(opened)).toBe(nameOf(2));
  expect([await bondOf(2), await bondOf(3), await bondOf(4)]).toEqual([BOND, BOND, 0n]);
  expect(await heldByOffers()).toBe(2n * BOND);
  expect(await revertedTransactions(chain)).toEqual([]);
});

longTest(
  "a winner that dies loses its bond to nobody, and its backup has the next turn",
  async () => {
    const more = ["--max-bid-bonds", `${2n * BOND}wei`];
    const winner = await startKillableBidder(chain, buyer, started, { account: 2, more });
    await startBidder(chain, buyer, started, { account: 3, asks: 300n, policy });
    const desk = deskWith(async () => {
      winner.kill("SIGKILL");
      await winner.exit;
    });
    const opened = await openOffer(parts(desk), bonded);
    expect(opened.award?.award).toMatchObject({ winner: nameOf(2), backup: nameOf(3) });
    expect(await workerOf(opened)).toBe(nameOf(3));
    expect([await bondOf(2), await bondOf(3)]).toEqual([0n, BOND]);
    expect(await heldByOffers()).toBe(2n * BOND);
    expect(await revertedTransactions(chain)).toEqual([]);
  },
);

longTest("a winner whose job is taken away has its bond back before its turn is over", async () => {
  // It bids, and does not claim: its gas would be more than the batch pays.
  const winner = await startBidder(chain, buyer, started, {
    ...{ account: 2, asks: 200n, policy: { ...policy, maxGasShare: 0 } },
  });
  const opened = await openOffer(parts(), { ...bonded, enough: 1, turnSeconds: 120 });
  const { terms } = await opened.job();
  expect(await bondOf(2)).toBe(0n);
  await buyer.market.cancel({ terms });
  await expect.poll(() => bondOf(2)).toBe(BOND);
  await winner.stop();
  expect(await revertedTransactions(chain)).toEqual([]);
});

longTest("a winner that takes its bond back before it is held is passed over", async () => {
  await startBidder(chain, buyer, started, { account: 2, asks: 200n, policy });
  await startBidder(chain, buyer, started, { account: 3, asks: 300n, policy });
  const faithless = createMarketClient({
    ...{ chain: chain.chain, transport: http(chain.rpcUrl), marketplace: chain.marketplace },
    ...{ account: accountOf(chain, 2), offers: chain.offers, pollingIntervalMs: 50 },
  });
  const awarded: string[] = [];
  const desk = deskWith(async ({ award }) => {
    awarded.push(award.winner);
    if (award.winner === nameOf(2)) await withdrawBond(faithless, { amount: BOND });
  });
  // The second round has one bid that counts: it collects for all of its time.
  const opened = await openOffer(parts(desk), { ...bonded, collectMs: 20_000 });
  expect(awarded).toEqual([nameOf(2), nameOf(3)]);
  expect(await workerOf(opened)).toBe(nameOf(3));
});
