import type { ExecuteTask, Finality, JobHandle, JobOptions, MarketClient } from "@assay/sdk";
import { createProgramChecker } from "../runner/checkedProgram.ts";
import { RunnerClosedError } from "../runner/errors.ts";
import { limitsOf } from "../runner/limits.ts";
import type { RunInput, Runner, RunResult } from "../runner/runner.ts";
import { chunksOf } from "./chunks.ts";

/** Tasks of one job; a longer run is several. */
const JOB_TASKS = 16_384;

export interface MarketAudit {
  /** Runs a task again, as the SDK's README shows. */
  execute: ExecuteTask;
  /** Share of each batch that is run again, above 0 and at most 1. Default: 0.05. */
  rate?: number | undefined;
  /** Whether what is wrong is put to the job's arbiter. Default: yes. */
  challenge?: boolean | undefined;
}

export interface MarketRunnerOptions
  extends Omit<JobOptions, "signal" | "onProgress" | "maxSteps" | "maxResultBytes"> {
  /** With an account that pays, and content that others can reach. The caller closes it. */
  market: MarketClient;
  /** Most tasks of one job. Inputs are read so far ahead. Default: 16,384. */
  jobTasks?: number | undefined;
  /**
   * Default: `submitted`, results as soon as their workers are liable for them; `settled` waits until nobody can put them in question any
   * more.
   */
  finality?: Finality | undefined;
  /** Runs a sample again on this machine. Default: no. */
  audit?: MarketAudit | undefined;
  /** How long to look for one block, in milliseconds. Default: 60,000. */
  fetchTimeoutMs?: number | undefined;
  /** Called when a job is posted. */
  onJob?: ((job: JobHandle) => void) | undefined;
  /** Called when an audit finds a task wrong or withheld, or could not be made. */
  onAudit?: ((found: { position: number } | { error: unknown }) => void) | undefined;
}

/**
 * Buys the tasks of a run on a Marketplace, as one job or several. What is bought goes on when the reader stops: `onJob` gives the handle to
 * cancel it by.
 *
 * Its runs throw what `submitJob` and `results` throw: `InsufficientBalanceError` before anything is posted, `JobIncompleteError` at the
 * end.
 */
export function marketRunner({
  market,
  jobTasks = JOB_TASKS,
  finality,
  audit,
  fetchTimeoutMs,
  onJob = () => {},
  onAudit = () => {},
  ...options
}: MarketRunnerOptions): Runner {
  const name = "market";
  const check = createProgramChecker();
  const closing = new AbortController();

  async function auditJob(job: JobHandle, first: number, signal: AbortSignal): Promise<void> {
    if (audit === undefined) return;
    const { challenge = true, ...how } = audit;
    try {
      for await (const found of job.audit({ ...how, fetchTimeoutMs, signal })) {
        onAudit({ position: first + found.position });
        if (challenge) await found.challenge({ signal });
      }
    } catch (error) {
      if (!signal.aborted) onAudit({ error });
    }
  }

  async function* bought(job: JobHandle, first: number, signal: AbortSignal) {
    const over = new AbortController();
    const auditing = auditJob(job, first, AbortSignal.any([signal, over.signal]));
    try {
      for await (const result of job.results({ finality, fetchTimeoutMs, signal })) {
        const at = { position: first + result.position };
        yield (
          result.outcome === "ok"
            ? { ...at, outcome: result.outcome, bytes: result.bytes }
            : { ...at, outcome: result.outcome }
        ) satisfies RunResult;
      }
      await auditing;
    } finally {
      over.abort(new Error("the run is over"));
      await auditing;
    }
  }

  return {
    name,
    async *run({ program, inputs, limits: given, signal: own, onProgress = () => {} }) {
      closing.signal.throwIfAborted();
      own?.throwIfAborted();
      const signal = AbortSignal.any([closing.signal, ...(own === undefined ? [] : [own])]);
      const limits = limitsOf(given);
      const { maxInputBytes } = await check(program);
      let [read, done] = [0, 0];
      for await (const chunk of chunksOf(inputs, { most: jobTasks, maxInputBytes, signal })) {
        const first = read;
        read += chunk.length;
        onProgress({ read, done });
        const batchSize = options.batchSize && Math.min(options.batchSize, chunk.length);
        const tasks: RunInput[] = chunk;
        const job = await market.submitJob({
          ...{ ...options, ...limits, batchSize, program, inputs: tasks, signal },
        });
        onJob(job);
        for await (const result of bought(job, first, signal)) {
          onProgress({ read, done: ++done });
          yield result;
        }
      }
    },
    async close() {
      closing.abort(new RunnerClosedError(name));
    },
  };
}
