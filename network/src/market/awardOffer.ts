import { setTimeout as sleep } from "node:timers/promises";
import {
  type AnnouncedOffer,
  type Award,
  type BidderRecord,
  batchCount,
  bidDigest,
  type OffersDomain,
  type Selection,
  type SelectionRule,
  selectWinner,
} from "@assay/sdk/protocol";
import { type Address, type Hex, zeroAddress } from "viem";
import type { AwardNews, BidDesk, TakenBid } from "../direct/bids.ts";
import type { MarketPeers } from "./marketPeers.ts";

/** How often an offer is announced again while bids are collected, for those who have come meanwhile, in milliseconds. */
const ANNOUNCE_MS = 5_000;
const LOOK_MS = 100;

export interface AwardOfferParameters extends AnnouncedOffer {
  market: Pick<MarketPeers, "announceOffer" | "share">;
  desk: BidDesk;
  offers: OffersDomain;
  rule: SelectionRule;
  /** Milliseconds for which bids are collected. */
  collectMs: number;
  /** So many bids are enough. Default: as many as come in the time. */
  enough?: number | undefined;
  /** What the chain says of the bidders, all at one block, by account in lower case. */
  recordsOf: (workers: readonly Address[]) => Promise<ReadonlyMap<string, BidderRecord>>;
  signAward: (award: Award) => Promise<Hex>;
  /** The chain's time, in Unix seconds. */
  chainTime: () => Promise<number>;
  signal?: AbortSignal | undefined;
}

/** An award as it was made, and all bids for the offer: whoever has both can check it. */
export interface MadeAward extends AwardNews {
  bids: readonly TakenBid[];
  selection: Selection;
}

/**
 * Announces an offer, collects bids, and awards the whole job to the winner by the rule, with a backup. Everybody who bid is told. From
 * then on winner and backup are watched.
 *
 * @returns `undefined` if no bid was good; then the offer is open to whoever comes first, from its `awardUntil` on.
 */
export async function awardOffer(parameters: AwardOfferParameters): Promise<MadeAward | undefined> {
  const { offer, offers, desk, market, rule, recordsOf, signAward, chainTime } = parameters;
  const digest = desk.open(offer);
  await collect(parameters, digest);
  const bids = desk.bids(digest);
  const workers = new Set(bids.map(({ bid }) => bid.worker));
  const records = await recordsOf([...workers]);
  const from = await chainTime();
  const selection = selectWinner({ offers, offer, bids, records, rule, from });
  if (selection === undefined || from > offer.awardUntil) {
    desk.close(digest);
    return undefined;
  }
  const { winner, backup } = selection;
  const award: Award = {
    ...{ offer: digest, firstBatch: 0, batchCount: batchCount(offer.terms) },
    ...{ winner: winner.bid.worker, backup: backup?.bid.worker ?? zeroAddress },
    ...{ reward: winner.bid.reward, from, bid: bidDigest(offers, winner.bid) },
  };
  const peerOf = (signed: Selection["winner"]) => (signed as TakenBid).peerId;
  const news: AwardNews = {
    ...{ award, signature: await signAward(award), winnerPeer: peerOf(winner) },
    backupPeer: backup && peerOf(backup),
  };
  const partners = [news.winnerPeer, news.backupPeer].filter((peerId) => peerId !== undefined);
  market.share([], partners);
  await desk.award(news);
  return { ...news, bids, selection };
}

async function collect(
  {
    market,
    desk,
    collectMs,
    enough = Number.POSITIVE_INFINITY,
    signal,
    ...signed
  }: AwardOfferParameters,
  digest: Hex,
): Promise<void> {
  const { offer, spec, signature } = signed;
  const until = performance.now() + collectMs;
  let announceAt = 0;
  while (performance.now() < until && desk.bids(digest).length < enough) {
    if (performance.now() >= announceAt) {
      await market.announceOffer({ offer, spec, signature });
      announceAt = performance.now() + ANNOUNCE_MS;
    }
    await sleep(LOOK_MS, undefined, { signal });
  }
}
