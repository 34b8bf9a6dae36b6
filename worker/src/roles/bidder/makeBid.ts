import { randomBytes } from "node:crypto";
import { type Bid, bytesToHex, isDoneInTime, type SignedBid } from "@assay/sdk";
import { keepingFor } from "../../blocks/keptFor.ts";
import { refusalOf } from "../../jobs/policy.ts";
import type { Refusal } from "../../jobs/refusal.ts";
import { UNDER_WAY } from "../../store/batchState.ts";
import { LIVE_OFFERS } from "../../store/offerState.ts";
import type { OfferRecord } from "../../store/offerStore.ts";
import { tryTask } from "../worker/computeBatch.ts";
import type { BidderContext } from "./context.ts";

/** Of the time that a batch is expected to take, this much more is promised: the machine may be busy by then. */
const MARGIN = 2;
/** An offer whose award may take longer is not bid for, in seconds: while a bid stands, its room is kept for it. */
const MOST_AWARD_SECONDS = 600;
/** For fetching inputs and for sending results, in seconds. */
const EXTRA_SECONDS = 10;

/** What a node promises in a bid, or why it makes none. */
export type Asked = { taskMs: number; taskFuel: bigint | undefined; asked: bigint } | Refusal;

/** Whether the node could take one batch more, if it won everything that it has bid for. */
export function hasRoomToBid({ policy, store }: Pick<BidderContext, "policy" | "store">): boolean {
  const promised = store.countOffers(...LIVE_OFFERS.filter((state) => state === "bid"));
  return store.batches(...UNDER_WAY).length + promised < policy.maxBatchesAtOnce;
}

/** Fetches an offer's program and inputs, tries one task, and prices the others. */
export async function priceOffer(
  context: BidderContext,
  { digest, offer, spec }: OfferRecord,
  signal: AbortSignal,
): Promise<Asked> {
  const { chainTime, executor, jobs, policy, pricing, store } = context;
  const { terms, minReward, maxReward } = offer;
  if (offer.bidBond > policy.maxBidBondsWei) {
    return { code: "OTHER", reason: "its bid bond is more than this node puts behind bids" };
  }
  if (offer.awardUntil - chainTime() > MOST_AWARD_SECONDS) {
    return { code: "OTHER", reason: "its award would be waited for too long" };
  }
  const best = { ...terms, rewardPerTask: maxReward };
  const refusal = refusalOf(best, spec, policy);
  if (refusal !== undefined) return refusal;
  const job = await jobs.get({ jobId: digest, terms, spec }, signal);
  // The job has no name yet under which a result could be kept.
  const forgetful = { ...context, store: { ...store, addResults() {} } };
  const tried = await keepingFor(digest, () => tryTask(forgetful, job, 0, signal));
  const { taskMs } = tried;
  const { processes } = executor;
  const { batchSize: tasks, submitWindowSeconds } = terms;
  if (!isDoneInTime({ tasks, taskMs, processes, submitWindowSeconds })) {
    return { code: "TIME", reason: "a batch would not be done in time" };
  }
  const asked = await pricing.askedReward(terms, tried);
  if (typeof asked !== "bigint") return asked;
  if (asked > maxReward) return { code: "REWARD", reason: "it pays less than this node asks" };
  // A bid below the least is worth no more to the requester.
  if (asked < minReward) return { ...tried, asked: minReward };
  return { ...tried, asked };
}

/** Signs a bid for an offer. It stands until the turns of winner and backup are over. */
export async function makeBid(
  { account, executor, signBid }: BidderContext,
  { digest, offer }: OfferRecord,
  { taskMs, asked }: { taskMs: number; asked: bigint },
): Promise<SignedBid> {
  const { batchSize, submitWindowSeconds } = offer.terms;
  const seconds = (Math.ceil(batchSize / executor.processes) * taskMs) / 1_000;
  const promised = Math.ceil(seconds * MARGIN) + EXTRA_SECONDS;
  const bid: Bid = {
    offer: digest,
    // As it is on the wire, so that it reads the same after a restart.
    worker: account.toLowerCase() as typeof account,
    reward: asked,
    workSeconds: Math.min(promised, submitWindowSeconds),
    goodUntil: Math.min(offer.awardUntil + 2 * offer.turnSeconds, 2 ** 40 - 1),
    nonce: BigInt(bytesToHex(randomBytes(32))),
  };
  return { bid, signature: await signBid(bid) };
}
