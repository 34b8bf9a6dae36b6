import type { Hex } from "viem";
import type { MarketContext } from "../clients/marketContext.ts";
import type { AbortOptions } from "../content/content.ts";
import { getBytes } from "../content/getBytes.ts";
import { timedReader } from "../content/timedReader.ts";
import type { ContentNotFoundError } from "../errors/content.ts";
import type { ManifestError } from "../errors/manifest.ts";
import { ContentRequiredError } from "../errors/market.ts";
import { batchRange } from "../job/batches.ts";
import { type Execution, entryOf, isResultOf } from "../job/compare.ts";
import { openInputManifest, openResultManifest } from "../manifest/read.ts";
import type { JobSpec, JobTerms, ResultEntry } from "../types/job.ts";
import type { Submission } from "./getSubmission.ts";

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
  submission: Pick<Submission, "resultRoot" | "results">;
  /** Which tasks to run again, by their position in the job. Default: all of the batch. */
  positions?: Iterable<number> | undefined;
  execute: ExecuteTask;
  /** How long to look for one block, in milliseconds. Default: 60,000. */
  fetchTimeoutMs?: number | undefined;
  /** Longest input that is fetched, in bytes. Default: what fits the task's memory. */
  maxInputBytes?: number | undefined;
}

export interface AuditedTask {
  position: number;
  agrees: boolean;
  /** What the worker committed to. */
  committed: ResultEntry;
  /** What came out now. */
  actual: ResultEntry;
  /** The committed leaf's siblings, from below: what a challenge brings. */
  proof: Hex[];
}

export type AuditReturnType = AsyncGenerator<AuditedTask, void, undefined>;

export type AuditErrorType = ContentRequiredError | ContentNotFoundError | ManifestError;

const PAGE_BYTES = 65_536;

/**
 * Runs tasks of a submitted batch again and compares with what its worker committed to: for a requester that checks what it bought,
 * and for whoever lives on finding what is wrong. Neither the chain nor anybody else is told.
 *
 * @throws {@link ManifestError} when the result manifest is not the one of the root.
 * @throws {@link ContentNotFoundError} when inputs or manifests are not to be had.
 */
export async function* audit(
  { content }: Pick<MarketContext, "content">,
  { job, batch, submission, positions, execute, ...options }: AuditParameters,
): AuditReturnType {
  if (content === undefined) throw new ContentRequiredError("audit");
  const { terms, spec } = job;
  const range = batchRange(terms, batch);
  const { resultRoot, results } = submission;
  const { fetchTimeoutMs = 60_000, maxInputBytes, signal } = options;
  const reader = timedReader(content.session(results), fetchTimeoutMs);
  const committed = await openResultManifest(reader, {
    ...{ cid: results, root: resultRoot, ...range, signal },
  });
  const sources = timedReader(content.session(spec.manifest), fetchTimeoutMs);
  const inputs = await openInputManifest(sources, {
    ...{ cid: spec.manifest, root: spec.inputRoot, count: terms.taskCount, signal },
  });
  const wanted = positions === undefined ? undefined : new Set(positions);

  for await (const { position, ...entry } of committed.entries({ signal })) {
    if (wanted?.has(position) === false) continue;
    for await (const { cid, byteLength } of inputs.entries({ first: position, count: 1, signal })) {
      const maxBytes = maxInputBytes ?? spec.memoryPages * PAGE_BYTES;
      const input = await getBytes(sources, cid, { byteLength, maxBytes, signal });
      const execution = await execute({ position, input, signal });
      yield {
        position,
        agrees: await isResultOf(reader, entry, execution, { signal }),
        committed: entry,
        actual: await entryOf(execution),
        proof: await committed.proof(position, { signal }),
      };
    }
  }
}
