import type { CID } from "multiformats/cid";
import type { Hex } from "viem";
import type { AbortOptions } from "../../../concurrency/abortOptions.ts";
import { PAGE_BYTES } from "../../../program/module/memory.ts";
import type { BlockReader } from "../../../protocol/content/content.ts";
import { getBytes } from "../../../protocol/content/getBytes.ts";
import { timedReader } from "../../../protocol/content/timedReader.ts";
import { Ground } from "../../../protocol/dispute/dispute.ts";
import { AssayError } from "../../../protocol/errors/base.ts";
import type { ContentNotFoundError } from "../../../protocol/errors/content.ts";
import type { ManifestError } from "../../../protocol/errors/manifest.ts";
import { batchRange } from "../../../protocol/job/batches.ts";
import { type Execution, entryOf, isResultOf } from "../../../protocol/job/compare.ts";
import {
  type JobSpec,
  type JobTerms,
  Outcome,
  type ResultEntry,
} from "../../../protocol/job/job.ts";
import { openInputManifest, openResultManifest } from "../../../protocol/manifest/read.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import { ResultError } from "../../errors/job.ts";
import { ContentRequiredError } from "../../errors/market.ts";
import type { Submission } from "../read/getSubmission.ts";

/** Runs one task of the job, under its limits. */
export type ExecuteTask = (task: {
  position: number;
  input: Uint8Array;
  signal: AbortSignal | undefined;
}) => Promise<Execution>;

export interface AuditParameters extends AbortOptions {
  job: { terms: JobTerms; spec: JobSpec };
  batch: number;
  /** What the batch's worker committed to. */
  submission: Pick<Submission, "worker" | "resultRoot" | "results">;
  /** Which tasks to run again, by their position in the job. Default: all of the batch. */
  positions?: Iterable<number> | undefined;
  execute: ExecuteTask;
  /** Whether to fetch the results, too: there is to be no pay without them. Default: no. */
  fetchResults?: boolean | undefined;
  /** How long to look for one block, in milliseconds. Default: 60,000. */
  fetchTimeoutMs?: number | undefined;
  /** Longest input that is fetched, in bytes. Default: what fits the task's memory. */
  maxInputBytes?: number | undefined;
}

export interface AuditedTask {
  position: number;
  /** Whether the worker committed to the outcome of this run, as far as its result is available. */
  agrees: boolean;
  /** The ground of a challenge; `undefined` if nothing is wrong. */
  ground: Ground | undefined;
  /** What the worker committed to. */
  committed: ResultEntry;
  /** The outcome of this run. */
  actual: ResultEntry;
  /** The committed leaf's siblings, from below: what a challenge brings. */
  proof: Hex[];
}

export type AuditReturnType = AsyncGenerator<AuditedTask, void, undefined>;

export type AuditErrorType =
  | ContentRequiredError
  | ContentNotFoundError
  | ManifestError
  | ResultError;

/**
 * Runs tasks of a submitted batch again and compares the outcomes with its worker's commitment. It serves requesters that check what they
 * bought, and auditors that earn by finding faults. Nothing is sent to the chain or to others.
 *
 * @throws {@link ResultError} when the result manifest is not available, or does not match the root: `demand` a leaf.
 * @throws {@link ContentNotFoundError} {@link ManifestError} when inputs are not available, which is not the worker's fault.
 */
export async function* audit(
  { content }: Pick<MarketContext, "content">,
  { job, batch, submission, positions, execute, ...options }: AuditParameters,
): AuditReturnType {
  if (content === undefined) throw new ContentRequiredError("audit");
  const { terms, spec } = job;
  const range = batchRange(terms, batch);
  const { resultRoot, results } = submission;
  const { fetchResults = false, fetchTimeoutMs = 60_000, maxInputBytes, signal } = options;
  const reader = timedReader(content.session(results), fetchTimeoutMs);
  const blame = { batch, worker: submission.worker, cid: results, position: undefined };
  const committed = await ofWorker(blame, signal, () =>
    openResultManifest(reader, {
      ...{ cid: results, root: resultRoot, worker: submission.worker, ...range, signal },
    }),
  );
  const sources = timedReader(content.session(spec.manifest), fetchTimeoutMs);
  const inputs = await openInputManifest(sources, {
    ...{ cid: spec.manifest, root: spec.inputRoot, count: terms.taskCount, signal },
  });
  const wanted = positions === undefined ? undefined : new Set(positions);
  const entries = committed.entries({ signal })[Symbol.asyncIterator]();

  try {
    for (;;) {
      const next = await ofWorker(blame, signal, () => entries.next());
      if (next.done) return;
      const { position, ...entry } = next.value;
      if (wanted?.has(position) === false) continue;
      for await (const { cid, byteLength } of inputs.entries({
        first: position,
        count: 1,
        signal,
      })) {
        const maxBytes = maxInputBytes ?? spec.memoryPages * PAGE_BYTES;
        const input = await getBytes(sources, cid, { byteLength, maxBytes, signal });
        const execution = await execute({ position, input, signal });
        const compared = await compare(reader, entry, execution, { fetchResults, signal });
        yield {
          position,
          ...compared,
          committed: entry,
          actual: await entryOf(execution),
          proof: await ofWorker(blame, signal, () => committed.proof(position, { signal })),
        };
      }
    }
  } finally {
    await entries.return?.();
  }
}

/** What is wrong with an entry of a worker's, given what the task gives. */
async function compare(
  reader: BlockReader,
  entry: ResultEntry,
  execution: Execution,
  { fetchResults, signal }: AbortOptions & { fetchResults: boolean },
): Promise<Pick<AuditedTask, "agrees" | "ground">> {
  try {
    if (!(await isResultOf(reader, entry, execution, { signal }))) {
      return { agrees: false, ground: Ground.wrongResult };
    }
  } catch (error) {
    // Named by a hash that does not tell what it should be, and nobody gives it.
    if (!(error instanceof AssayError)) throw error;
    return { agrees: false, ground: Ground.unavailable };
  }
  if (fetchResults && entry.outcome === Outcome.ok) {
    const { cid, byteLength } = entry;
    try {
      await getBytes(reader, cid, { byteLength, maxBytes: byteLength, signal });
    } catch (error) {
      if (!(error instanceof AssayError)) throw error;
      return { agrees: true, ground: Ground.unavailable };
    }
  }
  return { agrees: true, ground: undefined };
}

/** What goes wrong with the worker's own contents is told from everything else. */
async function ofWorker<T>(
  blame: { batch: number; worker: Submission["worker"]; cid: CID; position: undefined },
  signal: AbortSignal | undefined,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof AssayError) throw new ResultError(blame, error);
    throw error;
  }
}
