import { setTimeout as sleep } from "node:timers/promises";
import {
  batchCount,
  type JobHandle,
  type JobReason,
  type JobStatus,
  type MarketClient,
} from "@assay/sdk";
import { createProgress, type ProgressStream } from "../terminal/progress.ts";
import { isPassing } from "./command.ts";

/** How often the job is looked at, in milliseconds. */
const LOOK_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** A job of which no batch was claimed for so long says why it waits, in milliseconds… */
const FIRST_WHY_MS = 10_000;
/** …and again when so much more time has passed and the reasons are others. */
const NEXT_WHY_MS = 60_000;

export interface ServedJob {
  client: MarketClient;
  job: JobHandle;
}

export interface ServeOptions {
  until: "submitted" | "settled";
  stderr: ProgressStream;
  signal: AbortSignal;
}

/**
 * Waits until nothing is left that workers would have to fetch, shows how far the job is, and says why it waits when nobody claims it. The
 * caller's peer serves the contents meanwhile.
 * @returns what is left open when nobody can claim it any more, in tasks; 0 if all went well.
 */
export async function serveJob(
  { client, job }: ServedJob,
  { until, stderr, signal }: ServeOptions,
): Promise<number> {
  const progress = createProgress(stderr, batchCount(job.terms), `batches ${until}`);
  const wait = sayingWhy(job, stderr, signal);
  try {
    for (;;) {
      const status = await lookedAt(job, stderr, signal);
      const { claimed, submitted, questioned, settled } = status.batches;
      const done = until === "settled" ? settled : submitted + questioned + settled;
      progress.update(done, claimed > 0 ? `${claimed} under way` : "");
      const left = await leftOf({ client, job }, status, until);
      if (left !== undefined) return left;
      await wait(status);
      await sleep(LOOK_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  } finally {
    progress.end();
  }
}

/** An endpoint that fails for a while is no reason to stop serving. */
async function lookedAt(
  job: JobHandle,
  stderr: ProgressStream,
  signal: AbortSignal,
): Promise<JobStatus> {
  for (let failures = 0; ; failures++) {
    try {
      return await job.status({ signal });
    } catch (error) {
      signal.throwIfAborted();
      if (!isPassing(error)) throw error;
      if (failures === 0) stderr.write("The chain does not answer; it is asked again.\n");
    }
    const ms = Math.min(LOOK_MS * 2 ** failures, LONGEST_PAUSE_MS);
    await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** Open tasks when all is over; `undefined` while something may still happen. */
async function leftOf(
  { client, job }: ServedJob,
  { status, batches, openTasks }: JobStatus,
  until: ServeOptions["until"],
): Promise<number | undefined> {
  const waiting =
    batches.claimed + (until === "settled" ? batches.submitted + batches.questioned : 0);
  if (waiting > 0) return undefined;
  if (status === "cancelled" || batches.open === 0) return 0;
  const { timestamp } = await client.public.getBlock().catch(() => ({ timestamp: 0n }));
  return timestamp > BigInt(job.terms.claimUntil) ? openTasks : undefined;
}

/** Says why a job waits once nothing has moved for a while. */
function sayingWhy(job: JobHandle, stderr: ProgressStream, signal: AbortSignal) {
  let before = "";
  let said = "";
  let movedAt = performance.now();
  let saidAt = Number.NEGATIVE_INFINITY;
  return async ({ batches }: JobStatus): Promise<void> => {
    const now = performance.now();
    const state = JSON.stringify(batches);
    if (state !== before) movedAt = now;
    before = state;
    if (batches.open === 0 || now - movedAt < FIRST_WHY_MS || now - saidAt < NEXT_WHY_MS) return;
    saidAt = now;
    const reasons = await job.why({ signal }).catch((error) => {
      signal.throwIfAborted();
      if (!isPassing(error)) throw error;
      return [];
    });
    const codes = reasons.map(({ code }) => code).join();
    if (reasons.length > 0 && codes !== said) stderr.write(reasonLines(reasons));
    said = codes;
  };
}

/** For people. */
export function reasonLines(reasons: readonly JobReason[]): string {
  return reasons.map(({ code, message, fix }) => `${code}: ${message}\n  ${fix}\n`).join("");
}
