import { AssayError, type AssayErrorOptions } from "@assay/sdk/protocol";

/** What pipelines throw on purpose. */
export abstract class PipelineError extends AssayError {
  readonly retryable: boolean = false;
}

/** A pipeline that cannot be run as it is written. Nothing was begun. */
export class PipelineInvalidError extends PipelineError {
  readonly code = "PIPELINE_INVALID";
  /** Where it is written: file, line and column. Missing for a pipeline that TypeScript defined. */
  readonly where: string | undefined;

  constructor(message: string, { where, ...options }: AssayErrorOptions & { where?: string } = {}) {
    super(where === undefined ? message : `${where}: ${message}`, options);
    this.where = where;
  }
}

/** A step failed, and its policy is to stop. What was recorded by then stays. */
export class StepFailedError extends PipelineError {
  readonly code = "STEP_FAILED";
  readonly step: string;
  /** Epoch, position in it, and position in each fan-out since. */
  readonly path: readonly number[];

  constructor(step: string, path: readonly number[], reason: string, options?: AssayErrorOptions) {
    super(`Step ${step} failed for ${pathText(path)}: ${reason}`, options);
    this.step = step;
    this.path = path;
  }
}

/** A process died while this effect was under way: whether it happened is not known. */
export class EffectInDoubtError extends PipelineError {
  readonly code = "EFFECT_IN_DOUBT";
  readonly step: string;
  /** The key that the effect was given. */
  readonly key: string;

  constructor(step: string, path: readonly number[], key: string) {
    super(
      `Whether the effect of step ${step} for ${pathText(path)} happened is not known, as a process died during it: give the step an isDone, or idempotent: true if it may be done again under the same key.`,
      { details: `key ${key}` },
    );
    this.step = step;
    this.key = key;
  }
}

/** Two inputs of a join do not have the same items. */
export class JoinUnmatchedError extends PipelineError {
  readonly code = "JOIN_UNMATCHED";

  constructor(step: string, path: readonly number[], missing: readonly string[]) {
    super(
      `Step ${step} has nothing from ${missing.join(", ")} to join ${pathText(path)} with: inputs that are joined have the same number of items in an epoch.`,
    );
  }
}

/** Another process runs a pipeline on the same file. */
export class StoreBusyError extends PipelineError {
  readonly code = "PIPELINE_STORE_BUSY";
  override readonly retryable = true;

  constructor(file: string, options?: AssayErrorOptions) {
    super(
      `Another process runs a pipeline on ${file}: wait for it, or name another file.`,
      options,
    );
  }
}

/** A file that is no store of pipelines, or one of a later version. */
export class StoreInvalidError extends PipelineError {
  readonly code = "PIPELINE_STORE_INVALID";
}

/** A runner broke its own rules: a position that it was not given, or inputs without a result. */
export class RunnerBrokenError extends PipelineError {
  readonly code = "RUNNER_BROKEN";

  constructor(runner: string, what: string) {
    super(`The runner ${runner} ${what}: it is broken, choose another.`);
  }
}

/** A path in words. */
export function pathText([epoch = 0, ...positions]: readonly number[]): string {
  return positions.length === 0
    ? `epoch ${epoch}`
    : `item ${positions.join(".")} of epoch ${epoch}`;
}
