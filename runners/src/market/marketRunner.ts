import type { ExecuteTask, Finality, JobHandle, JobOptions, MarketClient } from "@assay/sdk";
import { createExecutor, type Executor, type RunParameters } from "../executor/executor.ts";
import { createProgramChecker } from "../runner/checkedProgram.ts";
import { RunnerClosedError } from "../runner/errors.ts";
import { limitsOf } from "../runner/limits.ts";
import type { RunInput, Runner, RunResult } from "../runner/runner.ts";
import { chunksOf } from "./chunks.ts";

/** An audit's task ends by its fuel; this ends what should never happen. Milliseconds. */
const TASK_LIMIT_MS = 3_600_000;
/** Tasks of one job; a longer run is several. */
const JOB_TASKS = 16_384;

export interface MarketAudit {
  /** Runs a task again, by its position in the run. Default: in a sandboxed process of this machine. */
  execute?: ExecuteTask | undefined;
  /** Share of each batch that is run again, above 0 and at most 1. Default: 0.05. */
  rate?: number | undefined;
  /** Whether what is wrong is put to the job's arbiter. Default: yes. */
  challenge?: boolean | undefined;
  /**
   * Whether a node of the client's account runs, which plays the game of a challenge that is to be proved. Without one such a challenge is not
   * made, and `onAudit` is told so. Default: no.
   */
  isPlayed?: boolean | undefined;
}

export interface MarketRunnerOptions
  extends Omit<
    JobOptions,
    "signal" | "onProgress" | "maxSteps" | "maxResultBytes" | "idempotencyKey"
  > {
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
  /** Called when a job is posted, or found again by its run's key. */
  onJob?: ((job: JobHandle) => void) | undefined;
  /** Called when an audit finds a task wrong or withheld, or could not be made. */
  onAudit?: ((found: { position: number } | { error: unknown }) => void) | undefined;
}

type Work = Pick<RunParameters, "program" | "maxSteps" | "maxResultBytes">;

/** One job of a run. */
interface Bought {
  job: JobHandle;
  /** Its first task's position in the run. */
  first: number;
  work: Work;
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

  let executor: Executor | undefined;

  /** Runs a task of a job again, whose tasks begin at `first` in the run. */
  function executeWith(work: Work, first: number): ExecuteTask {
    const given = audit?.execute;
    return async ({ position, ...task }) => {
      if (given !== undefined) return given({ position: first + position, ...task });
      executor ??= createExecutor({ taskLimitMs: TASK_LIMIT_MS });
      return executor.run({ ...work, ...task });
    };
  }

  async function auditJob({ job, first, work }: Bought, signal: AbortSignal): Promise<void> {
    if (audit === undefined) return;
    const { challenge = true, isPlayed, rate } = audit;
    const how = { rate, execute: executeWith(work, first), fetchTimeoutMs };
    const onError = (error: unknown) => {
      if (!signal.aborted) onAudit({ error });
    };
    try {
      for await (const found of job.audit({ ...how, signal, onFailure: onError })) {
        onAudit({ position: first + found.position });
        // One that fails is no reason not to make the others.
        if (challenge) await found.challenge({ isPlayed, signal }).catch(onError);
      }
    } catch (error) {
      onError(error);
    }
  }

  async function* resultsOf(bought: Bought, signal: AbortSignal) {
    const { job, first } = bought;
    const over = new AbortController();
    const auditing = auditJob(bought, AbortSignal.any([signal, over.signal]));
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
    async *run({ program, inputs, limits: given, idempotencyKey, signal: own, onProgress }) {
      closing.signal.throwIfAborted();
      own?.throwIfAborted();
      const signal = AbortSignal.any([closing.signal, ...(own === undefined ? [] : [own])]);
      const limits = limitsOf(given);
      const checked = await check(program);
      const { maxInputBytes } = checked;
      const work = { program: checked, ...limits };
      let [read, done] = [0, 0];
      for await (const chunk of chunksOf(inputs, { most: jobTasks, maxInputBytes, signal })) {
        const first = read;
        read += chunk.length;
        onProgress?.({ read, done });
        const batchSize = options.batchSize && Math.min(options.batchSize, chunk.length);
        const tasks: RunInput[] = chunk;
        const job = await market.submitJob({
          ...{ ...options, ...limits, batchSize, program, inputs: tasks, signal },
          // A job for each chunk: the chunks of the same inputs are the same.
          idempotencyKey: idempotencyKey && `${idempotencyKey} ${first}`,
        });
        onJob(job);
        for await (const result of resultsOf({ job, first, work }, signal)) {
          onProgress?.({ read, done: ++done });
          yield result;
        }
      }
    },
    async close() {
      closing.abort(new RunnerClosedError(name));
      await executor?.close();
    },
  };
}
