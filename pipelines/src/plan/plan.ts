import { existsSync } from "node:fs";
import type { RunLimits } from "@assay/runners";
import type { AbortOptions } from "@assay/sdk/protocol";
import type { Pipeline, StepKind } from "../define/step.ts";
import { buildSteps } from "../engine/build.ts";
import { Loop } from "../engine/loop.ts";
import { chooseRunners, isOffer, type RunnerChoice } from "../engine/runners.ts";
import { checkRun, type RunPipelineOptions } from "../engine/runPipeline.ts";
import { EventLog } from "../events/eventLog.ts";
import { Store } from "../store/store.ts";

export interface PlanOptions extends RunnerChoice, AbortOptions {
  /** As for a run. Of an input that is given nothing the number of items is not known. */
  inputs?: RunPipelineOptions["inputs"];
  /** The file that the run would use. Default: nothing is remembered. */
  store?: string | undefined;
}

export interface PlannedStep {
  name: string;
  kind: StepKind;
  from: readonly string[];
  /** Where its programs run; missing for what runs in this process. */
  runner: string | undefined;
  /** Tasks whose results are remembered. */
  reused: number;
  /** Tasks that would be computed: at most so many, unless `isOpen`. */
  toRun: number;
  /** There may be more, as a fan-out before it has to run first, or an input is not given. */
  isOpen: boolean;
  /** Of a program: what one task may take. */
  limits: RunLimits | undefined;
  /** In wei, for `toRun` tasks. */
  maxCostWei: bigint;
}

export interface PipelinePlan {
  name: string;
  /** Each behind those that it takes from. */
  steps: PlannedStep[];
  /** In wei. */
  maxCostWei: bigint;
  /** The cost is of what is known: there may be more. */
  isOpen: boolean;
}

/**
 * Says what a run would compute, where, and what that costs at most. Nothing is computed, and no runner is opened. Inputs are read.
 *
 * @throws {@link PipelineInvalidError} as a run would, and {@link StoreInvalidError}.
 */
export async function planPipeline(
  pipeline: Pipeline,
  options: PlanOptions = {},
): Promise<PipelinePlan> {
  const { inputs = {}, store: file, runners = {}, signal } = options;
  const chosen = chooseRunners(pipeline, options);
  checkRun(pipeline, { inputs }, false);
  const isThere = file !== undefined && existsSync(file);
  const store = isThere ? new Store(file, { isReader: true }) : new Store(":memory:");
  try {
    const log = new EventLog(1);
    const origin = store.continuedRun(pipeline.name) ?? 0;
    const loop = new Loop({ store, log, isDry: true, origin, signal, onReport: () => {} });
    const made = buildSteps(loop, pipeline, {
      inputs,
      runnerOf: () => undefined,
      onOutput: undefined,
    });
    await loop.run(made);
    const steps = pipeline.steps.map(({ name, kind, from, work }, i): PlannedStep => {
      const { reused = 0, toRun = 0, isOpen = false } = made[i]?.dry ?? {};
      const runner = chosen.get(name);
      const given = runner === undefined ? undefined : runners[runner];
      const price = given !== undefined && isOffer(given) ? (given.maxWeiPerTask ?? 0n) : 0n;
      const limits = work?.kind === "program" ? work.limits : undefined;
      return {
        name,
        kind,
        from,
        runner,
        reused,
        toRun,
        isOpen,
        limits,
        maxCostWei: price * BigInt(toRun),
      };
    });
    return {
      name: pipeline.name,
      steps,
      maxCostWei: steps.reduce((sum, { maxCostWei }) => sum + maxCostWei, 0n),
      isOpen: steps.some(({ isOpen }) => isOpen),
    };
  } finally {
    store.close();
  }
}
