import { type ExponentialBackoff, handleWhen, type RetryPolicy, retry } from "cockatiel";
import type { TaskEnd } from "../../runner/runner.ts";
import type { HostTask } from "./connection.ts";
import { HostFailedError } from "./errors.ts";
import type { HedgeDelay } from "./hedge.ts";
import type { Host } from "./host.ts";
import type { ClientMetrics } from "./metrics.ts";
import type { HostPool } from "./pool.ts";

/** One host's answer. */
export interface HostAnswer {
  host: Host;
  end: TaskEnd;
}

export interface AnswerParts {
  pool: HostPool;
  metrics: ClientMetrics;
  attempts: number;
  backoff: ExponentialBackoff<unknown>;
  hedge: HedgeDelay | undefined;
}

export type GetAnswer = (
  task: HostTask,
  options: { except: ReadonlySet<Host>; signal: AbortSignal },
) => Promise<HostAnswer>;

/** Gets one answer to a task, from whichever host: failures are tried again elsewhere, and a slow host gets a rival. */
export function createAnswers({ pool, metrics, attempts, backoff, hedge }: AnswerParts): GetAnswer {
  const policy: RetryPolicy = retry(
    handleWhen((error) => error instanceof HostFailedError),
    { maxAttempts: attempts - 1, backoff },
  );
  policy.onRetry(() => metrics.retries.inc());
  /** At most half of what is under way is asked twice, so that hedging never doubles the load. */
  let first = 0;
  let second = 0;

  async function ask(host: Host, task: HostTask, signal: AbortSignal): Promise<HostAnswer> {
    const startedAt = performance.now();
    const end = await host.run(task, signal);
    hedge?.note(performance.now() - startedAt);
    return { host, end };
  }

  /** Asks a second host while the first takes long. The quicker good answer counts, and the other question is given up. */
  async function raced(
    host: Host,
    task: HostTask,
    { except, signal }: { except: ReadonlySet<Host>; signal: AbortSignal },
  ): Promise<HostAnswer> {
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    const startedAt = performance.now();
    const asked = ask(host, task, either);
    try {
      while (hedge !== undefined) {
        const early = await beforeLong(asked, hedge.waitMs(performance.now() - startedAt));
        if (early !== undefined) return early;
        if (!hedge.isLong(performance.now() - startedAt)) continue;
        const rival = second * 2 < first ? pool.takeNow(new Set([...except, host])) : undefined;
        if (rival === undefined) continue;
        second++;
        const rivalry = ask(rival, task, either).finally(() => second--);
        const answer = await Promise.any([asked, rivalry]);
        metrics.hedges.inc({ won: String(answer.host === rival) });
        return answer;
      }
      return await asked;
    } catch (error) {
      throw error instanceof AggregateError ? error.errors[0] : error;
    } finally {
      over.abort(new Error("another answer was taken"));
    }
  }

  return async (task, { except, signal }) => {
    first++;
    try {
      return await policy.execute(async () => {
        const host = await pool.take(except, signal);
        return raced(host, task, { except, signal });
      }, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      first--;
    }
  };
}

/** `undefined` when it takes longer. */
async function beforeLong<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const long = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => long.resolve(undefined), ms);
  try {
    return await Promise.race([promise, long.promise]);
  } finally {
    clearTimeout(timer);
  }
}
