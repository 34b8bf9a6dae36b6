import {
  type AwardNews,
  type HeardOffer,
  isOfferSigned,
  sendBid,
  serveAwards,
} from "@assay/network";
import { AssayError, offerDigest } from "@assay/sdk";
import { createSemaphore } from "@assay/sdk/concurrency";
import { type Hex, isAddressEqual, zeroAddress } from "viem";
import type { Part } from "../../kernel/part.ts";
import { messageOf } from "../../kernel/report.ts";
import { LIVE_OFFERS } from "../../store/offerState.ts";
import type { OfferRecord } from "../../store/offerStore.ts";
import { awardRefusal, partOf } from "./awards.ts";
import { createBonds } from "./bonds.ts";
import type { BidderContext } from "./context.ts";
import { hasRoomToBid, makeBid, priceOffer } from "./makeBid.ts";
import { createTaking } from "./take.ts";

/** Offers that are remembered while something may be done for them. What is more is not listened to. */
const MOST_LIVE = 1_000;
/** Offers looked into at a time. */
const AT_ONCE = 8;
/** Pauses before the next try, in milliseconds: after a failure, between two questions whether an award was made, and after a refusal. */
const RETRY_MS = 2_000;
const ASK_AGAIN_MS = 5_000;
const REFUSED_MS = 30_000;
/** Offers whose signature a contract is asked about at a time. What is more is not listened to: it is announced again. */
const MOST_ASKED = 4;
/** Offers that are over are remembered for a day: another node may still announce them. */
const REMEMBERED_SECONDS = 86_400;

/** A part of the node that bids for offers, and takes those that it won. */
export interface Bidder extends Part {
  /** An offer was announced. */
  hear(offer: HeardOffer): void;
  /** Peers with whom batches of awards are held: they watch each other. */
  partners(): string[];
}

/**
 * Bids for offers: heard → bid → awarded → over. What is to be done follows from the state on disk, so that a node that was killed goes on
 * where it was; a step that was done twice changes nothing.
 */
export function createBidder(context: BidderContext): Bidder {
  const { chainTime, direct, offers, report, store } = context;
  const stopping = new AbortController();
  const { signal } = stopping;
  const room = createSemaphore(AT_ONCE);
  /** Offers that are looked into now, and when each may be looked into again. */
  const active = new Map<Hex, Promise<void>>();
  const waiting = new Map<Hex, NodeJS.Timeout>();
  const bonds = createBonds(context);
  const taking = createTaking(context, bonds);
  /** Offers that their requester, a contract, is asked about. */
  const asked = new Set<Hex>();
  let isRunning = false;

  function follow({ author, offer, spec, signature }: HeardOffer, digest: Hex): void {
    const isFull = store.countOffers(...LIVE_OFFERS) >= MOST_LIVE;
    const heard = { offer, spec, signature, digest, selectorPeer: author.peerId };
    if (isFull || !store.addOffer(heard)) return;
    report("offer heard", { offer: digest, maxReward: offer.maxReward });
    look(digest);
  }

  async function askContract(heard: HeardOffer, digest: Hex): Promise<void> {
    if (asked.has(digest) || asked.size >= MOST_ASKED) return;
    asked.add(digest);
    try {
      const isSigned = await offers.isSignedByContract({ ...heard, digest });
      if (isSigned && !signal.aborted) follow(heard, digest);
    } finally {
      asked.delete(digest);
    }
  }

  function end(digest: Hex, reason: string): void {
    if (store.moveOffer(digest, "over", { reason }))
      report("offer over", { offer: digest, reason });
  }

  /** Takes over an award, from whoever it came. @throws RangeError if it means nothing to this node. */
  function takeNews(news: AwardNews): void {
    const { offer: digest } = news.award;
    const known = store.offer(digest);
    if (known === undefined) throw new RangeError("this node has not bid for the offer");
    if (known.award !== undefined || known.state === "over") return;
    const refusal = awardRefusal(context, known, news);
    if (refusal !== undefined && refusal.code === "OTHER") throw new RangeError(refusal.reason);
    if (refusal !== undefined) {
      end(digest, refusal.reason);
      return;
    }
    if (!store.moveOffer(digest, "awarded", { award: news })) return;
    report("offer awarded", { offer: digest, part: partOf(news, context) });
    look(digest);
  }

  /** @returns milliseconds until it is worth another look; `undefined` if only news are. */
  async function step(known: OfferRecord): Promise<number | undefined> {
    const { digest } = known;
    if (taking.isOver(known)) {
      end(digest, "its time is over");
      return undefined;
    }
    switch (known.state) {
      case "heard":
        return await bid(known);
      case "bid":
        return await send(known);
      case "awarded":
      case "open":
        return await taking.step(known, signal);
      case "over":
        return undefined;
    }
  }

  async function bid(known: OfferRecord): Promise<number | undefined> {
    const { digest, offer } = known;
    if (!context.mayClaim() || !hasRoomToBid(context)) return RETRY_MS;
    const priced = await priceOffer(context, known, signal);
    if ("code" in priced) {
      end(digest, priced.reason);
      return undefined;
    }
    if (isAddressEqual(offer.selector, zeroAddress)) {
      store.moveOffer(digest, "opened", priced);
      return 0;
    }
    const promise = async () => {
      const signed = await makeBid(context, known, priced);
      if (!store.moveOffer(digest, "bid", { ...priced, bid: signed })) return;
      report("bid made", { offer: digest, reward: priced.asked });
    };
    if (offer.bidBond === 0n) {
      await promise();
      return 0;
    }
    // Who withholds inputs from a winner would make it lose its bond.
    await taking.prepare(known, signal);
    return (await bonds.behind(known, promise, signal)) ? 0 : REFUSED_MS;
  }

  /** Sends the bid, and so asks for the award; also after a restart. */
  async function send({ digest, offer, bid, selectorPeer }: OfferRecord) {
    if (chainTime() > offer.awardUntil) {
      store.moveOffer(digest, "opened");
      return 0;
    }
    if (bid === undefined) throw new TypeError("a bid is missing");
    const untilOverMs = (offer.awardUntil + 1 - chainTime()) * 1_000;
    try {
      const news = await sendBid(direct, selectorPeer, bid, { signal });
      if (news !== undefined) takeNews(news);
      return news === undefined ? Math.min(ASK_AGAIN_MS, untilOverMs) : undefined;
    } catch (error) {
      const isRefused = error instanceof AssayError && error.code === "PEER_REFUSED";
      if (!isRefused && !(error instanceof RangeError)) throw error;
      // A selector that forgot its offer, or names a winner wrongly, will not change its mind: later on the offer is everybody's.
      report("offer not followed yet", { offer: digest, error: messageOf(error) });
      return Math.min(REFUSED_MS, untilOverMs);
    }
  }

  /** Looks into an offer now, or once more when it is being looked into. */
  function look(digest: Hex): void {
    if (!isRunning || signal.aborted) return;
    clearTimeout(waiting.get(digest));
    waiting.delete(digest);
    if (active.has(digest)) {
      lookIn(digest, RETRY_MS / 10);
      return;
    }
    const running = room.run(() => lookInto(digest), signal).catch(() => {});
    active.set(digest, running);
    void running.finally(() => active.delete(digest));
  }

  function lookIn(digest: Hex, ms: number): void {
    const timer = setTimeout(() => look(digest), ms);
    timer.unref();
    clearTimeout(waiting.get(digest));
    waiting.set(digest, timer);
  }

  async function lookInto(digest: Hex): Promise<void> {
    for (;;) {
      const known = store.offer(digest);
      if (known === undefined) return;
      let nextMs: number | undefined;
      try {
        nextMs = await step(known);
      } catch (error) {
        if (signal.aborted) return;
        // What the offer's contents are will not change.
        if (error instanceof AssayError && !error.retryable && known.state === "heard") {
          end(digest, messageOf(error));
          return;
        }
        report("offer not followed yet", { offer: digest, error: messageOf(error) });
        nextMs = RETRY_MS;
      }
      if (nextMs === undefined) return;
      if (nextMs > 0) {
        lookIn(digest, nextMs);
        return;
      }
    }
  }

  serveAwards(direct, (news) => takeNews(news));

  return {
    hear(heard) {
      const { author, offer } = heard;
      const digest = offerDigest(offers.domain, offer);
      if (store.offer(digest) !== undefined) return;
      const isSelectors =
        isAddressEqual(offer.selector, zeroAddress) ||
        author.account?.toLowerCase() === offer.selector.toLowerCase();
      // Whoever repeats an offer would only collect the bids.
      if (!isSelectors || offer.takeUntil < chainTime()) return;
      if (isOfferSigned(offers.domain, heard)) follow(heard, digest);
      else void askContract(heard, digest);
    },
    partners() {
      const second = chainTime();
      const peers = store.offers("awarded").flatMap(({ offer, award, selectorPeer }) => {
        if (award === undefined || partOf(award, context) === "other") return [];
        const { from } = award.award;
        const over = from + 2 * (offer.turnSeconds + offer.terms.submitWindowSeconds);
        const { winnerPeer, backupPeer } = award;
        return second > over ? [] : [winnerPeer, backupPeer ?? selectorPeer, selectorPeer];
      });
      return [...new Set(peers)];
    },
    onEvents(events) {
      for (const event of events) {
        if (event.type === "jobPosted") taking.posted(event);
        if (event.type === "batchSubmitted") taking.submitted(event);
      }
    },
    onRollback() {}, // awards are no matter of the chain; whether a job was posted is asked there
    onHead() {
      store.forgetOffers(chainTime() - REMEMBERED_SECONDS);
      for (const { digest } of store.offers(...LIVE_OFFERS)) {
        if (!active.has(digest) && !waiting.has(digest)) look(digest);
      }
    },
    async start() {
      isRunning = true;
      for (const { digest } of store.offers(...LIVE_OFFERS)) look(digest);
    },
    async stop() {
      isRunning = false;
      stopping.abort(new Error("the node is stopping"));
      for (const timer of waiting.values()) clearTimeout(timer);
      await Promise.allSettled(active.values());
    },
  };
}
