import { type Address, bytesToHex, zeroHash } from "viem";
import { abortable } from "../../concurrency/abortable.ts";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import { pause } from "../../concurrency/pause.ts";
import { Ground } from "../../protocol/dispute/dispute.ts";
import { questionCommitment, randomSalt, toResultLeaf } from "../../protocol/dispute/hash.ts";
import type { Question } from "../../protocol/dispute/question.ts";
import { batchRange } from "../../protocol/job/batches.ts";
import { sampleTasks } from "../../protocol/job/sample.ts";
import { resultLeaf } from "../../protocol/merkle/leaf.ts";
import { type AuditedTask, audit, type ExecuteTask } from "../actions/dispute/audit.ts";
import { type ChallengeReturnType, challenge } from "../actions/dispute/challenge.ts";
import { prepareQuestion } from "../actions/dispute/prepareQuestion.ts";
import type { PostedJob } from "../actions/read/getPostedJobs.ts";
import { getQuestionCosts } from "../actions/read/getQuestionCosts.ts";
import type { Submission } from "../actions/read/getSubmission.ts";
import { isProofArbiter } from "../actions/read/isProofArbiter.ts";
import type { MarketContext } from "../context/marketContext.ts";
import { requireContent } from "../context/requireContent.ts";
import { PlayerRequiredError, ResultError } from "../errors/job.ts";
import { AccountRequiredError } from "../errors/market.ts";
import { watchSubmissions } from "./submissions.ts";

export interface JobAuditOptions extends AbortOptions {
  execute: ExecuteTask;
  /** Share of each batch to run again, above 0 and at most 1; one task at least. Default: 0.05. */
  rate?: number | undefined;
  /** How long to look for one block, in milliseconds. Default: 60,000. */
  fetchTimeoutMs?: number | undefined;
  /** Longest input that is fetched, in bytes. Default: what fits the task's memory. */
  maxInputBytes?: number | undefined;
  /** Called for every task that was run again. */
  onAudited?: ((task: AuditedTask & { batch: number; worker: Address }) => void) | undefined;
  /** Called for a batch whose manifest is not available: `demand` makes its worker show a leaf. */
  onFailure?: ((failure: ResultError) => void) | undefined;
}

/** A task whose worker committed to something that is wrong, or that nobody gives. */
export interface AuditedJobTask extends AuditedTask {
  ground: Ground;
  batch: number;
  worker: Address;
  /**
   * Challenges the task before the job's arbiter. It prepares the question with the bond of a first challenge, and asks it in a later
   * second with the rest of its costs. `resolve` then carries out the ruling.
   *
   * @throws {@link PlayerRequiredError} when the arbiter decides by proofs and nobody would play.
   */
  challenge(options?: ChallengeTaskOptions): Promise<ChallengeReturnType>;
}

export interface ChallengeTaskOptions extends AbortOptions {
  /**
   * Called when the question is prepared, and money lies behind it. If the challenge then fails, `challenge` can try it again, and
   * `reclaimPreparation` gives the money back when somebody else was first.
   */
  onPrepared?: ((prepared: { question: Question; prepared: bigint }) => void) | undefined;
  /**
   * Whether a node of this account runs, which plays the game before an arbiter that decides by proofs. A challenger that does not play
   * loses its bond.
   */
  isPlayed?: boolean | undefined;
}

const DEFAULT_RATE = 0.05;

/**
 * Runs some tasks of every batch again as it is submitted, chosen so that nobody can foresee them, fetches their results, and yields
 * what is wrong. Ends when every batch was submitted once, or none of those that are left can be.
 */
export async function* auditJob(
  client: MarketContext,
  job: PostedJob,
  { rate = DEFAULT_RATE, onAudited, onFailure, ...options }: JobAuditOptions,
): AsyncGenerator<AuditedJobTask, void, undefined> {
  requireContent(client, "audit");
  const { signal } = options;
  for await (const found of watchSubmissions(client, job, { finality: "submitted", signal })) {
    if (found.found === "failure") onFailure?.(found.failure);
    if (found.found !== "submission") continue;
    const { batch, worker } = found;
    const positions = sampleTasks(batchRange(job.terms, batch), rate);
    const parameters = { job, batch, submission: found, positions, fetchResults: true, ...options };
    try {
      for await (const task of audit(client, parameters)) {
        onAudited?.({ ...task, batch, worker });
        const { ground } = task;
        if (ground === undefined) continue;
        const wrong = { ...task, ground, batch, worker };
        yield {
          ...wrong,
          challenge: (at) => challengeTask(client, job, { ...wrong, submission: found }, at),
        };
      }
    } catch (error) {
      if (!(error instanceof ResultError)) throw error;
      onFailure?.(error);
    }
  }
}

async function challengeTask(
  client: MarketContext,
  { jobId, terms }: PostedJob,
  wrong: Omit<AuditedJobTask, "challenge"> & { submission: Submission },
  { onPrepared, isPlayed = false, signal }: ChallengeTaskOptions = {},
): Promise<ChallengeReturnType> {
  const asker = client.wallet?.account.address;
  if (asker === undefined) throw new AccountRequiredError("challenge");
  if (!isPlayed && (await isProofArbiter(client, { arbiter: terms.arbiter, signal }))) {
    throw new PlayerRequiredError(asker);
  }
  const { batch, position, ground, proof, committed, actual, submission } = wrong;
  const { resultRoot, blockNumber: submittedIn } = submission;
  const isWrong = ground === Ground.wrongResult;
  const answer = isWrong ? bytesToHex(resultLeaf(position, actual)) : zeroHash;
  const question: Question = {
    ...{ job: jobId, batch, position, ground, resultRoot, answer, salt: randomSalt() },
  };
  const commitment = questionCommitment({ asker, question });
  await secondAfter(client, await timeOf(client, submittedIn, signal), signal);
  const { challengeBond: prepared } = await getQuestionCosts(client, { terms, batch, signal });
  const { blockNumber } = await prepareQuestion(client, { commitment, amount: prepared, signal });
  onPrepared?.({ question, prepared });

  await secondAfter(client, await timeOf(client, blockNumber, signal), signal);
  const leaf = toResultLeaf(position, committed);
  return challenge(client, { terms, question, leaf, proof, prepared, signal });
}

/**
 * Waits for a block of a later second. What is prepared in the second of the submission, or asked in that of the preparation, is as
 * good as not prepared.
 */
async function secondAfter(
  client: MarketContext,
  timestamp: bigint,
  signal: AbortSignal | undefined,
): Promise<void> {
  while ((await abortable(client.public.getBlock(), signal)).timestamp <= timestamp) {
    await pause(client.pollingIntervalMs, signal);
  }
}

async function timeOf(
  client: MarketContext,
  blockNumber: bigint,
  signal: AbortSignal | undefined,
): Promise<bigint> {
  return (await abortable(client.public.getBlock({ blockNumber }), signal)).timestamp;
}
