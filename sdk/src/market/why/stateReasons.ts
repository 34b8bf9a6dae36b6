import { zeroAddress } from "viem";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import { batchCount } from "../../protocol/job/batches.ts";
import { RESERVED } from "../../protocol/offer/price.ts";
import { type BatchState, getBatches } from "../actions/read/getBatches.ts";
import { getJob } from "../actions/read/getJob.ts";
import type { PostedJob } from "../actions/read/getPostedJobs.ts";
import { requireArbiter } from "../actions/requester/requireArbiter.ts";
import type { MarketContext } from "../context/marketContext.ts";
import { time } from "../errors/contractRevert.ts";
import { ArbiterNotReadyError } from "../errors/market.ts";
import { counted, type JobReason } from "./reason.ts";

/** Batches that are looked at while some are open. */
const MOST_BATCHES = 1_000;

/** What the chain's state says, and whether anybody could claim a batch at all. */
export async function stateReasons(
  client: MarketContext,
  { jobId, terms }: PostedJob,
  { timestamp, signal }: AbortOptions & { timestamp: bigint },
): Promise<{ reasons: JobReason[]; isClaimable: boolean }> {
  const { status, openTasks } = await getJob(client, { jobId, signal });
  const closed = (reasons: JobReason[]) => ({ reasons, isClaimable: false });
  const all = batchCount(terms);
  // While some are open, the others are no reason that it waits.
  const count = openTasks === 0 ? all : Math.min(all, MOST_BATCHES);
  const batches = await getBatches(client, { jobId, count, signal });
  const isOver = batches.every((batch) => batch.status === "settled" || batch.status === "void");
  if (status !== "cancelled" && openTasks === 0 && isOver) return closed([DONE]);
  const underWay = claimReasons(batches, timestamp);
  if (status === "cancelled") return closed([CANCELLED, ...underWay]);
  if (openTasks === 0) return closed(underWay);
  if (timestamp > BigInt(terms.claimUntil)) {
    const message = `Its ${counted(openTasks, "open task")} could be claimed until ${time(terms.claimUntil)}, by the chain's clock.`;
    return closed([{ code: "CLAIMING_OVER", message, fix: OVER_FIX }, ...underWay]);
  }
  const reserved = (terms.minScore & RESERVED) === 0 ? [] : [RESERVED_JOB];
  const reasons = [...reserved, ...(await arbiterReasons(client, terms, signal))];
  return { reasons, isClaimable: true };
}

const RESERVED_JOB: JobReason = {
  code: "RESERVED",
  message:
    "It is reserved (minScore from 32,768 on): only whom its requester's agent admits can claim, as the winner of an award, then its backup.",
  fix: "Wait until their turns are over; if it was never awarded, cancel it and post it again with a minScore of at most 10,000.",
};

const OVER_FIX =
  "Cancel it, which gives back their escrow, and post it again with more time to claim or better terms.";
const CANCELLED: JobReason = {
  code: "JOB_CANCELLED",
  message: "Its requester cancelled it: open batches cannot be claimed any more.",
  fix: "Post it again.",
};
const DONE: JobReason = {
  code: "JOB_DONE",
  message: "Nothing of it is left to do: every batch is settled, or given up.",
  fix: "Read its results.",
};

/** Of the batches that are claimed. */
function claimReasons(batches: readonly BatchState[], timestamp: bigint): JobReason[] {
  const claimed = batches.filter(({ status }) => status === "claimed");
  const overdue = claimed.filter((batch) => timestamp > BigInt(batch.timestamp)).length;
  const submitted = batches.filter(({ status }) => status === "submitted").length;
  const questioned = batches.filter(({ status }) => status === "questioned").length;
  const reasons: JobReason[] = [];
  if (overdue > 0) {
    reasons.push({
      code: "CLAIMS_OVERDUE",
      message: `${counted(overdue, "claimed batch", "es")}: the time to submit is over.`,
      fix: "Anybody can end such a claim (expire), as workers do that want the batch; raise the submission window if tasks take long.",
    });
  }
  const parts = [
    [claimed.length - overdue, "are being computed"],
    [submitted, "are submitted and wait for the end of their challenge window"],
    [questioned, "are in question"],
  ] as const;
  const words = parts.filter(([count]) => count > 0).map(([count, is]) => `${count} ${is}`);
  if (words.length > 0) {
    const last = Math.max(0, ...claimed.map((batch) => batch.timestamp));
    const until = last === 0 ? "" : `; the last claim has to be submitted by ${time(last)}`;
    reasons.push({
      code: "ALL_CLAIMED",
      message: `No batch waits for a worker: ${words.join(", ")}${until}.`,
      fix: "Wait; results come as batches are submitted.",
    });
  }
  return reasons;
}

async function arbiterReasons(
  client: MarketContext,
  { arbiter, requester }: PostedJob["terms"],
  signal: AbortSignal | undefined,
): Promise<JobReason[]> {
  if (arbiter === zeroAddress) return [];
  try {
    await requireArbiter(client, { arbiter, requester, signal });
    return [];
  } catch (error) {
    if (!(error instanceof ArbiterNotReadyError)) throw error;
    const message = `Its arbiter ${arbiter} could not decide a dispute now, so workers hold back.`;
    const fix = "Wait until it has enough jurors, or post it again with another arbiter.";
    return [{ code: "ARBITER_NOT_READY", message, fix }];
  }
}
