import type { Address } from "viem";
import { abortable } from "../../concurrency/abortable.ts";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import type { PostedJob } from "../actions/read/getPostedJobs.ts";
import { isProofArbiter } from "../actions/read/isProofArbiter.ts";
import { logRangeSize } from "../chain/logRange.ts";
import { readLogs } from "../chain/logs.ts";
import type { MarketContext } from "../context/marketContext.ts";
import type { WorkerAnswer } from "../context/workers.ts";
import { contentReasons } from "./contentReasons.ts";
import type { JobReason, JobReasonCode } from "./reason.ts";
import { stateReasons } from "./stateReasons.ts";
import { termReasons } from "./termReasons.ts";
import { accountReasons, answerReasons, NOT_ASKED } from "./workerReasons.ts";

export interface WhyOptions extends AbortOptions {
  /** For asking workers and fetching contents, in milliseconds. Default: 6,000. */
  timeoutMs?: number | undefined;
}

const TIMEOUT_MS = 6_000;

/**
 * Why a job waits: from the chain, from the workers of the network (where the client has `workers`), from its contents (where it has
 * `content`) and from arithmetic. An empty list: nothing is known that stands in its way, and workers may be about to claim it.
 */
export async function whyJobWaits(
  client: MarketContext,
  job: PostedJob,
  { timeoutMs = TIMEOUT_MS, signal }: WhyOptions = {},
): Promise<JobReason[]> {
  const { content } = client;
  const deadline = AbortSignal.timeout(timeoutMs);
  const [{ timestamp }, gasPrice] = await Promise.all([
    abortable(client.public.getBlock(), signal),
    abortable(client.public.getGasPrice(), signal),
  ]);
  const { arbiter } = job.terms;
  const isProof = await isProofArbiter(client, { arbiter, signal });
  const ofTerms = termReasons(job, { gasPrice, isProof });
  const ofState = await stateReasons(client, job, { timestamp, signal });
  if (!ofState.isClaimable) {
    // Nobody could claim it, whoever was asked; why nobody did is worth knowing.
    const isOver = ofState.reasons.some(({ code }) => code === "CLAIMING_OVER");
    return isOver ? [...ofState.reasons, ...ofTerms] : ofState.reasons;
  }
  const [answers, ofContent] = await Promise.all([
    askWorkers(client, job, { timeoutMs, signal }),
    content === undefined ? [] : contentReasons(content, job, { deadline, signal }),
  ]);
  const accounts = await knownWorkers(client, answers, signal);
  const ofAccounts = await accountReasons(client, job, { accounts, signal });
  const ofAnswers = answers === undefined ? [NOT_ASKED] : answerReasons(answers, job);
  return distinct([...ofState.reasons, ...ofTerms, ...ofContent, ...ofAccounts, ...ofAnswers]);
}

async function askWorkers(
  { workers }: MarketContext,
  { jobId, terms, spec }: PostedJob,
  options: AbortOptions & { timeoutMs: number },
): Promise<WorkerAnswer[] | undefined> {
  if (workers === undefined) return undefined;
  const { signal } = options;
  try {
    return await abortable(workers.ask({ jobId, ...terms, ...spec }, options), signal);
  } catch {
    signal?.throwIfAborted();
    return undefined; // the peer has left the network
  }
}

/** The accounts of the workers that were found; if there are none, those that have claimed or deposited lately. */
async function knownWorkers(
  client: MarketContext,
  answers: readonly WorkerAnswer[] | undefined,
  signal: AbortSignal | undefined,
): Promise<Address[]> {
  const found = answers?.flatMap(({ account }) => account ?? []) ?? [];
  if (found.length > 0) return [...new Set(found)];
  const toBlock = await abortable(client.public.getBlockNumber({ cacheTime: 0 }), signal);
  const first = toBlock - logRangeSize(client.public).blocks + 1n;
  const range = {
    fromBlock: first > client.deployedAt ? first : client.deployedAt,
    toBlock,
    signal,
  };
  const events = ["BatchClaimed", "Deposited"] as const;
  const accounts: Address[] = [];
  for await (const log of readLogs(client, { events }, range)) {
    accounts.push(log.eventName === "Deposited" ? log.args.account : log.args.worker);
  }
  return [...new Set(accounts.toReversed())];
}

/** What several sources say is said once, by the first; how many workers say so is added. */
function distinct(reasons: readonly JobReason[]): JobReason[] {
  const known = new Map<JobReasonCode, JobReason>();
  const several: JobReason[] = [];
  for (const reason of reasons) {
    const before = known.get(reason.code);
    if (before === undefined || reason.code === "REFUSED_BY_WORKERS") {
      known.set(reason.code, reason);
      several.push(reason);
    } else if (before.said === undefined && reason.said !== undefined) {
      several[several.indexOf(before)] = {
        ...{ ...before, said: reason.said },
        message: `${before.message} ${reason.message}`,
      };
    }
  }
  return several;
}
