import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Runner } from "@assay/runners";
import { inspectProgram } from "@assay/sdk/program";
import type { AbortOptions } from "@assay/sdk/protocol";
import { invalid } from "../define/checkPipeline.ts";
import type { InputGiven, Pipeline, StepDefinition, StepKind } from "../define/step.ts";
import { EventLog } from "../events/eventLog.ts";
import { ABORTED } from "../store/runs.ts";
import { Store } from "../store/store.ts";
import { buildSteps } from "./build.ts";
import { LINGER_MS, type OpenRunner } from "./feed.ts";
import { Loop } from "./loop.ts";
import type { OutputCallback } from "./outputStep.ts";
import { messageOf } from "./policy.ts";
import { chooseRunners, isOffer, type RunnerChoice, type Runners } from "./runners.ts";
import type { StepRun } from "./stepRun.ts";

export interface RunPipelineOptions extends RunnerChoice, AbortOptions {
  /** By input. Missing ones read the source that the pipeline defines. */
  inputs?: Readonly<Record<string, InputGiven>> | undefined;
  /**
   * SQLite file in which results are remembered: with the same file a second run computes what changed and nothing else, and a run that was
   * killed goes on. Default: a file that is removed at the end.
   */
  store?: string | undefined;
  /**
   * Is called for each item that no step takes, one after the other, in no order. A run that goes on after a kill gives all of them again: what must
   * not happen twice is an effect.
   */
  onOutput?: OutputCallback | undefined;
  /** Some times a second. */
  onProgress?: ((progress: readonly StepProgress[]) => void) | undefined;
}

/** How far a step is, in tasks. */
export interface StepProgress {
  name: string;
  kind: StepKind;
  /** The name of its runner. */
  runner: string | undefined;
  /** Computed in this run. */
  done: number;
  /** Remembered, or the same as another of this run. */
  reused: number;
  skipped: number;
  failed: number;
  retried: number;
  /** Messages that wait in front of it. */
  waiting: number;
  underWay: number;
}

export interface PipelineReport {
  steps: StepProgress[];
  elapsedMs: number;
}

/**
 * Runs a pipeline to its end.
 *
 * @throws {@link PipelineInvalidError} before anything runs. {@link StepFailedError} {@link EffectInDoubtError}
 * {@link JoinUnmatchedError} {@link StoreBusyError} {@link StoreInvalidError}; the reason of `signal`.
 */
export async function runPipeline(
  pipeline: Pipeline,
  options: RunPipelineOptions = {},
): Promise<PipelineReport> {
  const startedAt = performance.now();
  const chosen = chooseRunners(pipeline, options);
  checkRun(pipeline, options);
  if (options.store === undefined) {
    const folder = await mkdtemp(join(tmpdir(), "assay-pipeline-"));
    try {
      return await runPipeline(pipeline, { ...options, store: join(folder, "store.sqlite") });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  const store = new Store(options.store);
  const opened: Runner[] = [];
  try {
    const runners = await openRunners(chosen, options.runners ?? {}, opened);
    const steps = await carryOut(pipeline, { ...options, store, chosen, runners });
    return { steps, elapsedMs: performance.now() - startedAt };
  } finally {
    store.close();
    await Promise.all(opened.map((runner) => runner.close()));
  }
}

type CarryOutParameters = Omit<RunPipelineOptions, "store" | "runners"> & {
  store: Store;
  chosen: ReadonlyMap<string, string>;
  runners: ReadonlyMap<string, OpenRunner>;
};

async function carryOut(
  pipeline: Pipeline,
  { store, chosen, runners, inputs = {}, signal, onOutput, onProgress }: CarryOutParameters,
): Promise<StepProgress[]> {
  const log = new EventLog(1 << 17);
  let steps: StepRun[] = [];
  const progress = () =>
    pipeline.steps.map(({ name }, i) => progressOf(steps[i] as StepRun, chosen.get(name)));
  const names = pipeline.steps.map(({ name, kind }) => ({ name, kind, runner: chosen.get(name) }));
  const origin = store.begin(pipeline.name, names, log);
  const onReport = () => onProgress?.(progress());
  const loop = new Loop({ store, log, isDry: false, origin, signal, onReport });
  store.onFailure = (error) => loop.fail(error);
  try {
    steps = buildSteps(loop, pipeline, {
      ...{ inputs, onOutput },
      runnerOf: ({ name }: StepDefinition) => runners.get(chosen.get(name) ?? ""),
    });
    await loop.run(steps);
    store.end("done");
  } catch (error) {
    store.end(signal?.aborted ? ABORTED : messageOf(error));
    throw error;
  } finally {
    onReport();
  }
  return progress();
}

function progressOf(step: StepRun, runner: string | undefined): StepProgress {
  const { name, kind } = step.definition;
  const { done, reused, skipped, failed, retried } = step.run.log.counts(step.index);
  const counts = { done, reused, skipped, failed, retried };
  return { name, kind, runner, ...counts, waiting: step.inbox.length, underWay: step.underWay };
}

async function openRunners(
  chosen: ReadonlyMap<string, string>,
  runners: Runners,
  opened: Runner[],
): Promise<Map<string, OpenRunner>> {
  const open = new Map<string, OpenRunner>();
  for (const name of new Set(chosen.values())) {
    const given = runners[name];
    if (given === undefined) continue;
    if (!isOffer(given)) open.set(name, { runner: given, lingerMs: LINGER_MS });
    else {
      const runner = await given.open();
      opened.push(runner);
      open.set(name, { runner, lingerMs: given.lingerMs ?? LINGER_MS });
    }
  }
  return open;
}

/** What can be known before anything runs. */
export function checkRun(
  { steps }: Pipeline,
  { inputs = {} }: Pick<RunPipelineOptions, "inputs">,
  needsInputs = true,
): void {
  const known = new Set<Uint8Array>();
  for (const name of Object.keys(inputs)) {
    if (steps.some((step) => step.name === name && step.kind === "input")) continue;
    throw invalid({ name, where: undefined }, "is given as an input, but there is no such input");
  }
  for (const step of steps) {
    if (
      step.kind === "input" &&
      needsInputs &&
      !Object.hasOwn(inputs, step.name) &&
      step.source === undefined
    ) {
      throw invalid(step, "is an input that is given nothing: give it under inputs");
    }
    if (step.work?.kind !== "program" || known.has(step.work.wasm)) continue;
    known.add(step.work.wasm);
    try {
      inspectProgram(step.work.wasm);
    } catch (cause) {
      throw invalid(step, `has a program that no node would run: ${messageOf(cause)}`);
    }
  }
}
