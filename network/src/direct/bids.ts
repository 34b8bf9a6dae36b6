import {
  asRecord,
  awardDigest,
  awardFields,
  bidDigest,
  bidFields,
  decodeStrictly,
  type Offer,
  type OffersDomain,
  offerDigest,
  readAward,
  readBid,
  type SignedAward,
  type SignedBid,
} from "@assay/sdk/protocol";
import { encode } from "@ipld/dag-cbor";
import type { Hex } from "viem";
import { remember } from "../recent/remember.ts";
import { isSignedByKey } from "../wire/accountSignature.ts";
import type { AskOptions, Caller, Direct } from "./direct.ts";

/** The kinds of question by which a worker bids, and is told who has won. */
export const BID = "bid";
export const AWARD = "award";

/** Bids for an offer: those of all workers, and of one of them. */
const MOST_BIDS = 512;
const MOST_BIDS_OF_ONE = 8;
/** Offers for which bids are taken, or of which it is remembered who has won. */
const MOST_OFFERS = 1_024;
/** Longest peer id as text. */
const MAX_PEER_ID = 64;

/** An award, and where the two that it names are: they watch each other. */
export interface AwardNews extends SignedAward {
  winnerPeer: string;
  backupPeer: string | undefined;
}

/** A bid that was taken, and who sent it. */
export interface TakenBid extends SignedBid {
  peerId: string;
}

/** Where bids come in. */
export interface BidDesk {
  /** Takes bids for an offer from now on, which this peer's account may award. @returns the offer's digest. */
  open(offer: Offer): Hex;
  /** Bids for an open offer, in the order in which they came. */
  bids(digest: Hex): readonly TakenBid[];
  /**
   * Ends the bids for an offer: from now on each bidder is told of the award. Those that bid are told at once; who is away asks again.
   *
   * @returns the peers that were reached.
   */
  award(news: AwardNews): Promise<string[]>;
  /** Ends the bids for an offer that nobody gets. */
  close(digest: Hex): void;
}

interface OpenOffer {
  offer: Offer;
  /** By digest. */
  bids: Map<Hex, TakenBid>;
  news: AwardNews | undefined;
}

/**
 * Takes bids over the direct protocol. A bid counts if its worker signed it and sent it itself: what others repeat is refused, and the
 * same bid sent again changes nothing.
 */
export function openBidDesk({ direct, offers }: { direct: Direct; offers: OffersDomain }): BidDesk {
  const open = new Map<Hex, OpenOffer>();

  function take({ bid, signature }: SignedBid, caller: Caller): OpenOffer {
    const known = open.get(bid.offer);
    if (known === undefined) throw new RangeError("no bids are taken here for this offer");
    if (caller.account?.toLowerCase() !== bid.worker.toLowerCase()) {
      throw new RangeError("the bid is another's");
    }
    const digest = bidDigest(offers, bid);
    if (known.news !== undefined || known.bids.has(digest)) return known;
    if (!isSignedByKey(bid.worker, digest, signature))
      throw new RangeError("the bid is not signed");
    const { minReward, maxReward } = known.offer;
    if (bid.reward < minReward || bid.reward > maxReward) {
      throw new RangeError("the price is not between the offer's");
    }
    const isSame = (other: TakenBid) => other.bid.worker.toLowerCase() === bid.worker.toLowerCase();
    const own = [...known.bids.values()].filter(isSame).length;
    if (known.bids.size >= MOST_BIDS || own >= MOST_BIDS_OF_ONE) {
      throw new RangeError("there are too many bids for this offer");
    }
    known.bids.set(digest, { bid, signature, peerId: caller.peerId });
    return known;
  }

  direct.serve(BID, (body, caller) => {
    const { news } = take(
      readTheirs(() => readBid(body)),
      caller,
    );
    return { award: news === undefined ? null : newsFields(news) };
  });

  return {
    open(offer) {
      const digest = offerDigest(offers, offer);
      const known = open.get(digest) ?? { offer, bids: new Map(), news: undefined };
      remember(open, digest, known, MOST_OFFERS, ({ news }) => news !== undefined);
      return digest;
    },
    bids: (digest) => [...(open.get(digest)?.bids.values() ?? [])],
    async award(news) {
      const known = open.get(news.award.offer);
      if (known === undefined) throw new RangeError("no bids were taken for this offer");
      known.news = news;
      const peers = new Set([...known.bids.values()].map(({ peerId }) => peerId));
      const told = [...peers].map(async (peerId) => {
        await sendAward(direct, peerId, news);
        return peerId;
      });
      const outcomes = await Promise.allSettled(told);
      return outcomes.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
    },
    close: (digest) => void open.delete(digest),
  };
}

/**
 * Sends a bid to whoever selects. It may be sent again, and then changes nothing.
 *
 * @returns who has won, if that is known already.
 *
 * @throws {@link PeerSilentError} {@link PeerRefusedError}; `WireError` when the answer is none.
 */
export async function sendBid(
  direct: Pick<Direct, "ask">,
  peerId: string,
  bid: SignedBid,
  options: AskOptions = {},
): Promise<AwardNews | undefined> {
  const { body } = await direct.ask(peerId, BID, bidFields(bid), options);
  const fields = asRecord(body, ["award"]);
  if (fields === undefined) throw new TypeError(`${peerId} sent no answer to a bid`);
  return fields.award === null ? undefined : readNews(fields.award);
}

/** @throws {@link PeerSilentError} {@link PeerRefusedError} */
async function sendAward(direct: Direct, peerId: string, news: AwardNews): Promise<void> {
  await direct.ask(peerId, AWARD, newsFields(news));
}

/**
 * Hears of awards. That the award is signed by the offer's selector is for whoever knows the offer to check: see {@link isAwardBy}.
 * @param onAward - throws a `RangeError` for an award that means nothing to it.
 */
export function serveAwards(
  direct: Pick<Direct, "serve">,
  onAward: (news: AwardNews, caller: Caller) => void,
): void {
  direct.serve(AWARD, (body, caller) => {
    onAward(
      readTheirs(() => readNews(body)),
      caller,
    );
    return null;
  });
}

/** Whether the offer's selector signed an award by its key. */
export function isAwardBy(
  offers: OffersDomain,
  { selector }: Pick<Offer, "selector">,
  { award, signature }: SignedAward,
): boolean {
  return isSignedByKey(selector, awardDigest(offers, award), signature);
}

/** Whether the requester signed an offer by its key. Of one that is a contract, only the chain knows. */
export function isOfferSigned(
  offers: OffersDomain,
  { offer, signature }: { offer: Offer; signature: Hex },
): boolean {
  return isSignedByKey(offer.terms.requester, offerDigest(offers, offer), signature);
}

/** An award with its peers in dag-cbor: to be kept. */
export function encodeNews(news: AwardNews): Uint8Array {
  return encode(newsFields(news));
}

/** @throws `Error` on anything that {@link encodeNews} would not have written. */
export function decodeNews(bytes: Uint8Array): AwardNews {
  return readNews(decodeStrictly(bytes));
}

function newsFields({ winnerPeer, backupPeer, ...signed }: AwardNews) {
  return { ...awardFields(signed), winner: winnerPeer, backup: backupPeer ?? null };
}

/** @throws `WireError` or `TypeError` for anything that {@link newsFields} would not have written. */
function readNews(value: unknown): AwardNews {
  const fields = asRecord(value, ["award", "sig", "winner", "backup"]);
  const { award, sig, winner, backup } = fields ?? {};
  if (!isPeerId(winner) || !(backup === null || isPeerId(backup))) {
    throw new TypeError("the award names no peers");
  }
  const signed = readAward({ award, sig });
  return { ...signed, winnerPeer: winner, backupPeer: backup ?? undefined };
}

function isPeerId(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_PEER_ID && /^[1-9A-Za-z]+$/.test(value);
}

/** What is not in its form is the asker's fault, and it is told so. */
function readTheirs<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new TypeError((cause as Error).message, { cause });
  }
}
