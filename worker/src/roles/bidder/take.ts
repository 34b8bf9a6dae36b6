import {
  ContractRevertError,
  hashTerms,
  type JobTerms,
  type MarketEvent,
  rewardAt,
  termsOfOffer,
} from "@assay/sdk";
import { zeroAddress } from "viem";
import { readGasReserve } from "../../account/gasReserve.ts";
import { topUpStake } from "../../account/topUpStake.ts";
import { keepingFor } from "../../blocks/keptFor.ts";
import { reported } from "../../kernel/report.ts";
import { UNDER_WAY } from "../../store/batchState.ts";
import type { OfferRecord } from "../../store/offerStore.ts";
import { fetchBatch } from "../worker/computeBatch.ts";
import { gasOfDefences } from "../worker/defences.ts";
import { awardWaitMs, isReserved } from "../worker/reservedJobs.ts";
import { awardedJob, partOf } from "./awards.ts";
import type { Bonds } from "./bonds.ts";
import type { BidderContext } from "./context.ts";

/** A turn that has come is looked at again after so many milliseconds, as long as it could not be used. */
const SOON_MS = 500;
/** The price of an offer that rises is looked at so often, in milliseconds. */
const LOOK_MS = 1_000;
/** Longest pause between two looks. */
const LONG_MS = 30_000;
/** Batches whose inputs a backup fetches ahead. */
const MOST_PREPARED = 4;

/** What becomes of awarded and open offers. */
export interface Taking {
  /** Fetches an offer's inputs, in case that this node has to work for it. */
  prepare(known: OfferRecord, signal: AbortSignal): Promise<void>;
  /** @returns milliseconds until it is worth another look; `undefined` if only news are. */
  step(known: OfferRecord, signal: AbortSignal): Promise<number | undefined>;
  /** Whether an offer can be taken no more, nor a batch of the job that it became. */
  isOver(known: OfferRecord): boolean;
  /** A job was posted: perhaps from an offer. */
  posted(event: Extract<MarketEvent, { type: "jobPosted" }>): void;
  submitted(event: Extract<MarketEvent, { type: "batchSubmitted" }>): void;
}

export function createTaking(context: BidderContext, bonds: Pick<Bonds, "step">): Taking {
  const { account, chainTime, client, jobs, policy, report, store, turns } = context;
  /** Offers whose inputs are here, in case that the winner fails. */
  const prepared = new Set<string>();

  async function prepare(known: OfferRecord, signal: AbortSignal, first = 0): Promise<void> {
    if (prepared.has(known.digest)) return;
    const { terms } = known.offer;
    const job = await jobs.get({ jobId: known.digest, terms, spec: known.spec }, signal);
    const last = Math.ceil(terms.taskCount / terms.batchSize) - 1;
    await keepingFor(known.digest, async () => {
      for (let batch = first; batch <= last && batch < first + MOST_PREPARED; batch++) {
        await fetchBatch(context, job, batch, signal);
      }
    });
    prepared.add(known.digest);
    report("offer prepared", { offer: known.digest });
  }

  async function mayTake(terms: JobTerms, signal: AbortSignal): Promise<boolean> {
    if (!context.mayClaim() || store.batches(...UNDER_WAY).length >= policy.maxBatchesAtOnce) {
      return false;
    }
    const { arbiter, requester, stakePerBatch } = terms;
    if (arbiter !== zeroAddress) {
      const parties = { requester, worker: account };
      if (!(await context.arbiters.of(arbiter).canDecide(parties, signal))) return false;
    }
    let { free, stake } = await client.getAccount({ signal });
    if (free < stakePerBatch && stake < policy.stakeWei) {
      await topUpStake(context, signal);
      ({ free, stake } = await client.getAccount({ signal }));
    }
    if (free < stakePerBatch) return false;
    const defenceGas = gasOfDefences(context, arbiter);
    const { availableWei, neededWei } = await readGasReserve(context, { defenceGas, signal });
    return availableWei >= neededWei;
  }

  /** Posts the offer's job and claims its first batch that we may have. */
  async function take(known: OfferRecord, terms: JobTerms, batch: number, signal: AbortSignal) {
    const { digest } = known;
    if (!(await mayTake(terms, signal))) return SOON_MS;
    try {
      const taken = context.offers.takeOffer({ known, terms, batch, signal });
      await reported(context, "take", taken);
      report("offer taken", {
        offer: digest,
        jobId: hashTerms(terms),
        reward: terms.rewardPerTask,
      });
      return undefined; // the chain's events bring the rest
    } catch (error) {
      if (!(error instanceof ContractRevertError)) throw error;
      report("offer not taken", { offer: digest, reason: error.shortMessage });
      return SOON_MS;
    }
  }

  async function stepAwarded(known: OfferRecord, signal: AbortSignal): Promise<number | undefined> {
    const { award } = known;
    if (award === undefined) throw new TypeError("an award is missing");
    const { terms, jobId } = awardedJob(known, award);
    const { firstBatch } = award.award;
    if (partOf(award, context) !== "other") await prepare(known, signal, firstBatch);
    if (known.offer.bidBond > 0n) return await bonds.step(known, signal);
    if (store.job(jobId) !== undefined) return undefined; // from here on it is claimed as any job is
    await turns.refresh(signal);
    const [turn] = turns.inOrder(known.digest, [firstBatch]);
    if (turn === undefined) return LONG_MS;
    const waitMs = awardWaitMs(known, turn, { account, second: chainTime() });
    if (waitMs > 0) return Math.min(waitMs, LONG_MS);
    return await take(known, terms, firstBatch, signal);
  }

  /** Nobody awarded it: whoever comes first by the order of claims has it, once the price is what it asks. */
  async function stepOpen(known: OfferRecord, signal: AbortSignal): Promise<number | undefined> {
    const { digest, offer, asked } = known;
    const reward = rewardAt(offer, chainTime());
    if (asked === undefined || reward < asked) return LOOK_MS;
    await turns.refresh(signal);
    const [turn] = turns.inOrder(digest, [0]);
    if (turn !== undefined && turn.waitMs > 0) return Math.min(turn.waitMs, LONG_MS);
    // Whoever looks now and then saw the price rise by a look later than another: a later place counts from when all have seen it.
    if (turn !== undefined && turn.rankMs > 0) {
      const since = chainTime() - Math.ceil((turn.rankMs + LOOK_MS) / 1_000);
      if (since >= offer.rampFrom && rewardAt(offer, since) < asked) return SOON_MS;
    }
    const terms = termsOfOffer(offer, { reward, isReserved: false });
    await prepare(known, signal);
    return await take(known, terms, 0, signal);
  }

  return {
    prepare: (known, signal) => prepare(known, signal),
    step: (known, signal) =>
      known.state === "awarded" ? stepAwarded(known, signal) : stepOpen(known, signal),
    isOver(known) {
      const { offer, award } = known;
      const isPosted =
        award !== undefined && store.job(awardedJob(known, award).jobId) !== undefined;
      return chainTime() > (isPosted ? offer.terms.claimUntil : offer.takeUntil);
    },
    posted({ jobId, terms }) {
      const known = store.offerOf(terms);
      if (known === undefined) {
        if (isReserved(terms))
          store.moveJob(jobId, "refused", { reason: "it is reserved for others" });
        return;
      }
      // Program and inputs were tried for the bid.
      if (known.taskMs !== undefined) {
        store.moveJob(jobId, "fetched");
        store.moveJob(jobId, "tried", { taskMs: known.taskMs, taskFuel: known.taskFuel });
      }
      if (!isReserved(terms)) store.moveOffer(known.digest, "over", { reason: "it was taken" });
    },
    submitted({ jobId, batch }) {
      const terms = store.job(jobId)?.terms;
      const known = terms && store.offerOf(terms);
      if (terms === undefined || known?.state !== "awarded") return;
      // Of several batches each is watched until the last one is there: partners' times end by themselves.
      const isOnly = terms.taskCount <= terms.batchSize && batch === 0;
      if (isOnly) store.moveOffer(known.digest, "over", { reason: "it was submitted" });
    },
  };
}
