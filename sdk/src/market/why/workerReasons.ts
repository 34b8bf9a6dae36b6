import { type Address, formatEther, zeroAddress } from "viem";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import { RESERVED } from "../../protocol/offer/price.ts";
import { type GetAccountReturnType, getAccount } from "../actions/read/getAccount.ts";
import type { PostedJob } from "../actions/read/getPostedJobs.ts";
import type { MarketContext } from "../context/marketContext.ts";
import type { RefusalCode, WorkerAnswer, WorkerQuote } from "../context/workers.ts";
import { counted, type JobReason } from "./reason.ts";

/** Accounts looked up. */
const MOST_ACCOUNTS = 64;

export const NO_WORKERS: JobReason = {
  code: "NO_WORKERS",
  message: "No worker was found in the network.",
  fix: "Check the bootstrap addresses (ASSAY_BOOTSTRAP), wait, or start a worker: assay worker start.",
};

export const NOT_ASKED: JobReason = {
  code: "WORKERS_NOT_ASKED",
  message: "No worker was asked: the client has no place in the network.",
  fix: "Give `workers` of a peer of @assay/network to createMarketClient, or bootstrap addresses (ASSAY_BOOTSTRAP) to the command.",
};

/** What the workers that were asked have answered. */
export function answerReasons(
  answers: readonly WorkerAnswer[],
  { terms }: Pick<PostedJob, "terms">,
): JobReason[] {
  if (answers.length === 0) return [NO_WORKERS];
  const quotes = answers.flatMap(({ quote }) => quote ?? []);
  const reasons: JobReason[] = [];
  const silent = answers.length - quotes.length;
  if (silent > 0) {
    reasons.push({
      code: "WORKERS_SILENT",
      message: `${silent} of ${counted(answers.length, "worker")} did not answer in time.`,
      fix: "Ask again later.",
      said: { workers: silent, of: answers.length },
    });
  }
  // While half of them would take it, what others think is no reason. One alone may be lying: that costs nothing.
  const willing = quotes.filter(({ isTaken, job }) => isTaken && !isRefusal(job)).length;
  if (quotes.length > 0 && 2 * willing >= quotes.length) {
    const held = quotes.flatMap(({ job }) => (job?.reason && !isRefusal(job) ? job.reason : []));
    return [...reasons, ...ofWords(held, quotes.length, "hold it back")];
  }
  const byCode = Map.groupBy(
    quotes.filter(({ isTaken }) => !isTaken),
    ({ code, reason }) => `${code} ${reason}`,
  );
  for (const same of byCode.values()) {
    const [{ code, reason } = { code: null, reason: null }] = same;
    const said = { workers: same.length, of: answers.length };
    const words = reason ?? "they give no reason";
    reasons.push({ ...ofRefusal(code, said, { words, least: leastAsked(same) }, terms), said });
  }
  const own = quotes.flatMap(({ job, isTaken }) => (job?.reason && isTaken ? job.reason : []));
  return [...reasons, ...ofWords(own, quotes.length, "refuse it")];
}

function isRefusal(job: { state: string } | null): boolean {
  return job?.state === "refused" || job?.state === "closed";
}

/** What workers have found out about the job itself. */
function ofWords(words: readonly string[], all: number, what: string): JobReason[] {
  return [...Map.groupBy(words, (word) => word)].map(([word, same]) => ({
    code: "REFUSED_BY_WORKERS",
    message: `${same.length} of ${counted(all, "worker")} ${what}: ${word}.`,
    fix: "Change what they name, and post it again if it lies in the job.",
    said: { workers: same.length, of: all },
  }));
}

/** The least that one of them would take for a task, in the token's smallest unit. */
function leastAsked(quotes: readonly WorkerQuote[]): bigint | undefined {
  return quotes
    .flatMap(({ askedRewardPerTask }) => askedRewardPerTask ?? [])
    .reduce<bigint | undefined>((least, next) => {
      if (least === undefined || next < least) return next;
      return least;
    }, undefined);
}

function ofRefusal(
  code: string | null,
  { workers, of }: { workers: number; of: number },
  { words, least }: { words: string; least: bigint | undefined },
  { arbiter, token, stakePerBatch }: PostedJob["terms"],
): JobReason {
  const who = `${workers} of ${counted(of, "worker")}`;
  const amount = (units: bigint) =>
    token === zeroAddress ? `${formatEther(units)} ether` : `${units} of ${token}`;
  const raise =
    least === undefined
      ? "Post it again with a higher reward."
      : `Post it again with ${amount(least)} a task, the least that one of them asks, or more.`;
  const known: Partial<Record<string, JobReason>> = {
    ARBITER: {
      code: "ARBITER_NOT_ACCEPTED",
      message: `${who} do not accept the arbiter ${arbiter}.`,
      fix: "Post it again with an arbiter that workers accept, or with none; a worker accepts one with --arbiter.",
    },
    TOKEN: {
      code: "TOKEN_NOT_ACCEPTED",
      message: `${who} do not take the token ${token} as pay.`,
      fix: "Post it again with another token or the native coin; a worker takes one with --token.",
    },
    REWARD: {
      code: "REWARD_TOO_LOW",
      message: `${who} take more for a task than this job pays.`,
      fix: raise,
    },
    LOAD: {
      code: "WORKERS_BUSY",
      message: `${who} are busy, and take more for a task now than this job pays.`,
      fix: `Wait. ${raise}`,
    },
    GAS: {
      code: "REWARD_BELOW_GAS",
      message: `${who} say that gas and data of a batch cost too much of what it pays.`,
      fix: raise,
    },
    TAGS: {
      code: "TAGS_MISSING",
      message: `${who} lack what their rules ask for: ${words}.`,
      fix: "Wait for workers with those tags (assay worker start --tag), or have the rule of the program or requester changed.",
    },
    TIME: {
      code: "TIME_TOO_SHORT",
      message: `${who} would not have a batch done in its time to submit.`,
      fix: "Post it again with smaller batches, or a longer submission window.",
    },
    MEMORY: {
      code: "MEMORY_TOO_LARGE",
      message: `${who} allow less memory.`,
      fix: "Post it again with fewer memoryPages.",
    },
    RESULT_SIZE: {
      code: "RESULT_TOO_LARGE",
      message: `${who} allow no results as long.`,
      fix: "Post it again with a lower maxResultBytes.",
    },
    BATCH_SIZE: {
      code: "BATCH_TOO_LARGE",
      message: `${who} take no batch of so many tasks.`,
      fix: "Post it again with a lower batchSize.",
    },
    STAKE: {
      code: "STAKE_TOO_SMALL",
      message: `${who} hold less stake than the ${formatEther(stakePerBatch)} ether that a batch locks.`,
      fix: STAKE_FIX,
    },
    ROOM: {
      code: "WORKERS_BUSY",
      message: `${who} have no room for a batch now.`,
      fix: "Wait.",
    },
  } satisfies Partial<Record<RefusalCode | "ROOM", JobReason>>;
  // The code is a stranger's text.
  const reason = code !== null && Object.hasOwn(known, code) ? known[code] : undefined;
  return (
    reason ?? {
      code: "REFUSED_BY_WORKERS",
      message: `${who} do not take it: ${words}.`,
      fix: "Change what they name, and post it again.",
    }
  );
}

const STAKE_FIX =
  "Post it again with a lower stakePerBatch, a lower reward or smaller batches; or add to a worker's stake: assay stake deposit.";

/** Whether the workers' accounts have the stake and the score that a batch needs. */
export async function accountReasons(
  client: MarketContext,
  { terms }: Pick<PostedJob, "terms">,
  { accounts, signal }: AbortOptions & { accounts: readonly Address[] },
): Promise<JobReason[]> {
  if (accounts.length === 0) return [];
  const chosen = accounts.slice(0, MOST_ACCOUNTS);
  const states = await Promise.all(
    chosen.map((account) => getAccount(client, { account, signal })),
  );
  const most = (of: (state: GetAccountReturnType) => bigint) =>
    states.map(of).reduce((largest, next) => {
      if (next > largest) return next;
      return largest;
    }, 0n);
  const { stakePerBatch } = terms;
  const minScore = terms.minScore & ~RESERVED;
  const needed = `${formatEther(stakePerBatch)} ether`;
  const reasons: JobReason[] = [];
  const [stake, free] = [most((state) => state.stake), most((state) => state.free)];
  const who = states.length === 1 ? "the one known worker" : `the ${states.length} known workers`;
  if (stake === 0n) {
    reasons.push({
      code: "WORKERS_WITHOUT_STAKE",
      message: `A batch locks ${needed}, and no stake is held by ${who}.`,
      fix: "A worker adds to its stake with assay stake deposit, or starts with --stake.",
    });
  } else if (stake < stakePerBatch) {
    reasons.push({
      code: "STAKE_TOO_SMALL",
      message: `A batch locks ${needed}, and the largest stake of ${who} is ${formatEther(stake)} ether.`,
      fix: STAKE_FIX,
    });
  } else if (free < stakePerBatch) {
    reasons.push({
      code: "STAKE_LOCKED",
      message: `A batch locks ${needed}, and that much is not free with ${who}: the stake stands for other batches.`,
      fix: "Wait until those are settled, or post it again with a lower stakePerBatch.",
    });
  }
  const score = Math.max(...states.map((state) => state.score));
  if (score < minScore) {
    reasons.push({
      code: "SCORE_TOO_LOW",
      message: `A worker needs a score of ${minScore / 100} %, and the best of ${who} has ${score / 100} %.`,
      fix: "Post it again with a lower minScore.",
    });
  }
  return reasons;
}
