import type { CID } from "multiformats/cid";
import type { TypedProgram } from "../../program/define/defineProgram.ts";
import { UndecodableResultError } from "../errors/input.ts";
import { JobIncompleteError, ResultError } from "../errors/job.ts";
import type { JobHandle } from "./handle.ts";
import type { JobInput } from "./inputs.ts";
import type { ResultsOptions, TaskResult } from "./results.ts";

/** What a job can run: a module, the CID of one, or what `defineProgram` gave. */
export type JobProgram = Uint8Array | CID | TypedProgram<never, unknown>;

/** What a job of this program takes as an input. */
export type InputOf<Program> =
  Program extends TypedProgram<infer Input, unknown> ? Input : JobInput;

/** The handle of a job of this program. */
export type HandleOf<Program> =
  Program extends TypedProgram<never, infer Output> ? TypedJobHandle<Output> : JobHandle;

/** A task's outcome in a job of this program. */
export type ResultOf<Program> =
  Program extends TypedProgram<never, infer Output> ? TypedTaskResult<Output> : TaskResult;

export function isTyped(program: JobProgram): program is TypedProgram<never, unknown> {
  return "encode" in program;
}

/** The outcome of one task of a typed program: `value` is there when `outcome` is `ok`. */
export type TypedTaskResult<Output> =
  | (Extract<TaskResult, { outcome: "ok" }> & { value: Output })
  | Exclude<TaskResult, { outcome: "ok" }>;

/** A job's handle whose results are values. */
export interface TypedJobHandle<Output> extends Omit<JobHandle, "results"> {
  /**
   * The results as {@link JobHandle.results} gives them, decoded. One that `decode` refuses counts as one that is not what it must be:
   * `onFailure` is told, and the others go on.
   *
   * @throws {@link JobIncompleteError} at the end, when something is missing.
   */
  results(options?: ResultsOptions): AsyncIterable<TypedTaskResult<Output>>;
}

/** Gives a job's results the type of its program's: for a handle that `openJob` found. */
export function typedJob<Output>(
  job: JobHandle,
  program: Pick<TypedProgram<never, Output>, "decode">,
): TypedJobHandle<Output> {
  return { ...job, results: (options) => decodedResults(job, program.decode, options) };
}

async function* decodedResults<Output>(
  job: JobHandle,
  decode: (bytes: Uint8Array) => Output,
  options: ResultsOptions = {},
): AsyncGenerator<TypedTaskResult<Output>, void, undefined> {
  const refused: ResultError[] = [];
  let incomplete: JobIncompleteError | undefined;
  try {
    for await (const result of job.results(options)) {
      const typed = result.outcome === "ok" ? decoded(result, decode) : result;
      if (typed instanceof ResultError) {
        refused.push(typed);
        options.onFailure?.(typed);
      } else {
        yield typed;
      }
    }
  } catch (error) {
    if (!(error instanceof JobIncompleteError) || refused.length === 0) throw error;
    incomplete = error;
  }
  if (refused.length > 0) {
    throw new JobIncompleteError(incomplete?.code ?? "RESULTS_FAILED", {
      jobId: job.jobId,
      missingBatches: incomplete?.missingBatches ?? [],
      failures: [...(incomplete?.failures ?? []), ...refused],
    });
  }
}

function decoded<Output>(
  result: Extract<TaskResult, { outcome: "ok" }>,
  decode: (bytes: Uint8Array) => Output,
): TypedTaskResult<Output> | ResultError {
  try {
    return { ...result, value: decode(result.bytes) };
  } catch (cause) {
    return new ResultError(result, new UndecodableResultError(cause));
  }
}
