import { AssayError, batchRange, getBytes, type InputEntry, Outcome, putBytes } from "@assay/sdk";
import { eachConcurrently } from "@assay/sdk/concurrency";
import { MAX_PROGRAM_BYTES } from "@assay/sdk/program";
import { fetchInput, type PreparedJob } from "../../jobs/prepareJob.ts";
import type { StoredResult } from "../../store/nodeStore.ts";
import type { WorkerContext } from "./context.ts";

/** Inputs that are in memory at a time, in bytes… */
const INPUT_BYTES_AT_ONCE = 64 << 20;
/** …and in number for each executor process: enough for it to work ahead on tiny tasks. */
const TASKS_PER_PROCESS = 64;
/** Inputs fetched at a time. */
const CONCURRENT_FETCHES = 32;
/** Tasks whose results are looked up at a time. */
const PAGE = 1_000;
/** Pause between two reports of progress, in milliseconds. */
const REPORT_EVERY_MS = 200;

type Parts = Pick<WorkerContext, "content" | "executor" | "policy" | "report" | "store">;

/**
 * Fetches and checks all that is needed to compute a batch, so that whoever withholds an input costs us nothing but time. Program and
 * manifest may be at hand since an earlier batch: their blocks are read again, so that they are kept for this job, to be given to those
 * who may have to recompute it when its requester gives nothing any more.
 */
export async function fetchBatch(
  context: Pick<WorkerContext, "content" | "policy">,
  job: PreparedJob,
  batch: number,
  signal: AbortSignal,
): Promise<void> {
  const { program, manifest } = job.spec;
  await getBytes(context.content.session(program), program, {
    maxBytes: MAX_PROGRAM_BYTES,
    signal,
  });
  await job.reader.get(manifest, { signal });
  await eachConcurrently({
    source: job.inputs.entries({ ...batchRange(job.terms, batch), signal }),
    concurrency: CONCURRENT_FETCHES,
    weigh: ({ byteLength }) => byteLength,
    capacity: INPUT_BYTES_AT_ONCE,
    async action(entry, signal) {
      await fetchInput(context, job, entry, signal);
    },
    signal,
  });
}

/**
 * Runs a batch's first task, which tells what the program is like on this machine, and keeps the result for when the batch is
 * ours.
 */
export async function tryTask(
  context: Parts,
  job: PreparedJob,
  batch: number,
  signal: AbortSignal,
): Promise<{ taskMs: number; taskFuel: bigint | undefined }> {
  const { first } = batchRange(job.terms, batch);
  for await (const entry of job.inputs.entries({ first, count: 1, signal })) {
    const trial = await runTask(context, job, entry, { withFuel: true, signal });
    context.store.addResults(job.jobId, [trial.result]);
    return { taskMs: trial.elapsedMs, taskFuel: trial.fuelUsed };
  }
  throw new RangeError(`batch ${batch} has no task`);
}

/** The batch will not be done by its deadline. */
export class BehindScheduleError extends AssayError {
  readonly code = "BEHIND_SCHEDULE";
  readonly retryable = false;

  constructor({ left, neededMs, leftMs }: { left: number; neededMs: number; leftMs: number }) {
    super(
      `${left} tasks of the batch need ${Math.round(neededMs / 1_000)} s more and have ${Math.round(leftMs / 1_000)}: it is given back.`,
    );
  }
}

/** Tasks that have to be done before their mean says how long the others take. */
const TELLING = 8;

/**
 * Computes the tasks of a batch that have no result yet. Each result is stored as a block first and noted then, so
 * that an interrupted batch goes on where it stopped.
 * @param limitMs - wall-clock limit of each task.
 * @param leftMs - tells how long it may take still.
 *
 * @throws {@link BehindScheduleError} when, as fast as it goes, it takes longer.
 */
export async function computeBatch(
  context: Parts,
  job: PreparedJob,
  {
    batch,
    taskMs,
    limitMs,
    leftMs,
    signal,
  }: {
    batch: number;
    /** Duration of the tried task, in milliseconds. */
    taskMs: number;
    limitMs: number;
    leftMs: () => number;
    signal: AbortSignal;
  },
): Promise<void> {
  const { store, executor, report } = context;
  const { jobId } = job;
  const range = batchRange(job.terms, batch);
  const before = store.resultCount(jobId, range);
  const begunAt = performance.now();
  let done = before;
  let reportedAt = begunAt;

  /** The fee for giving a batch back grows with the time for which it was held, so it is given back as early as possible. */
  function checkSchedule(perTaskMs: number): void {
    const left = range.count - done;
    const neededMs = left * perTaskMs;
    if (neededMs > leftMs()) throw new BehindScheduleError({ left, neededMs, leftMs: leftMs() });
  }

  checkSchedule(taskMs / executor.processes);

  await eachConcurrently({
    source: withoutResults(store, job, { ...range, signal }),
    concurrency: TASKS_PER_PROCESS * executor.processes,
    weigh: ({ byteLength }) => byteLength,
    capacity: INPUT_BYTES_AT_ONCE,
    async action(entry, signal) {
      const { result } = await runTask(context, job, entry, { limitMs, signal });
      store.addResults(jobId, [result]);
      done++;
      const now = performance.now();
      if (now - reportedAt < REPORT_EVERY_MS || done === range.count) return;
      report("task computed", { jobId, batch, done, total: range.count });
      reportedAt = now;
      if (done - before >= TELLING) checkSchedule((now - begunAt) / (done - before));
    },
    signal,
  });
  report("task computed", { jobId, batch, done, total: range.count });
}

type TaskInput = InputEntry & { position: number };

/** The inputs of the tasks that are still to be done, looked for in the store a page at a time. */
async function* withoutResults(
  store: Parts["store"],
  { jobId, inputs }: PreparedJob,
  { first, count, signal }: { first: number; count: number; signal: AbortSignal },
): AsyncGenerator<TaskInput> {
  for (let from = first; from < first + count; from += PAGE) {
    const page = { first: from, count: Math.min(PAGE, first + count - from) };
    const done = new Set(store.results(jobId, page).map(({ position }) => position));
    if (done.size === page.count) continue;
    for await (const entry of inputs.entries({ ...page, signal })) {
      if (!done.has(entry.position)) yield entry;
    }
  }
}

async function runTask(
  context: Parts,
  job: PreparedJob,
  entry: TaskInput,
  { limitMs, withFuel, signal }: { limitMs?: number; withFuel?: boolean; signal: AbortSignal },
): Promise<{ result: StoredResult; elapsedMs: number; fuelUsed: bigint | undefined }> {
  const { content, executor } = context;
  const { position } = entry;
  const input = await fetchInput(context, job, entry, signal);
  const { program } = job;
  const { maxResultBytes, maxSteps } = job.spec;
  const run = await executor.run({
    program,
    input,
    maxResultBytes,
    maxSteps,
    limitMs,
    withFuel,
    signal,
  });
  const { outcome, elapsedMs, fuelUsed } = run;
  if (outcome !== Outcome.ok) return { result: { position, outcome }, elapsedMs, fuelUsed };
  const cid = await putBytes(content, run.bytes, { signal });
  const result = { position, outcome, cid, byteLength: run.bytes.length };
  return { result, elapsedMs, fuelUsed };
}
