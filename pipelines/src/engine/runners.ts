import type { Runner } from "@assay/runners";
import { invalid } from "../define/checkPipeline.ts";
import type { Pipeline, StepDefinition } from "../define/step.ts";

/** A runner that is opened when a run begins, and closed when it ends. */
export interface RunnerOffer {
  open(): Runner | Promise<Runner>;
  /** What a task costs at most, in wei, with all fees: for plans. Default: nothing. */
  maxWeiPerTask?: bigint | undefined;
  /**
   * So long it waits for more, in milliseconds; then it is told that there is no more for now, and begins with what it has. For one that works in batches.
   * Default: 50.
   */
  lingerMs?: number | undefined;
}

/** Runners by the names that steps give them. A step that names none has the one called `default`, or the only one. */
export type Runners = Readonly<Record<string, Runner | RunnerOffer>>;

export interface RunnerChoice {
  runners?: Runners | undefined;
  /** By step: another runner than the one that the pipeline names. `*` stands for all steps. */
  runnerFor?: Readonly<Record<string, string>> | undefined;
}

/** @returns by the name of its step, the name of the runner that each program has. @throws {@link PipelineInvalidError} */
export function chooseRunners(
  { steps }: Pipeline,
  { runners = {}, runnerFor = {} }: RunnerChoice,
): Map<string, string> {
  const names = Object.keys(runners);
  const chosen = new Map<string, string>();
  for (const name of Object.keys(runnerFor)) {
    const step = steps.find((one) => one.name === name);
    if (name === "*" || step?.work?.kind === "program") continue;
    throw invalid(
      { name, where: undefined },
      `is given a runner, but ${step === undefined ? "there is no such step" : "runs no program"}`,
    );
  }
  for (const step of steps) {
    if (step.work?.kind !== "program") continue;
    chosen.set(step.name, choose(step, names, runnerFor));
  }
  return chosen;
}

function choose(
  step: StepDefinition,
  names: readonly string[],
  runnerFor: Readonly<Record<string, string>>,
): string {
  const own = Object.hasOwn(runnerFor, step.name) ? runnerFor[step.name] : runnerFor["*"];
  const wanted = own ?? step.runner;
  if (wanted !== undefined && names.includes(wanted)) return wanted;
  const known = names.length === 0 ? "none is given" : `there are ${names.join(", ")}`;
  if (wanted !== undefined) throw invalid(step, `has the runner ${wanted}, but ${known}`);
  if (names.includes("default")) return "default";
  const [only] = names;
  if (names.length === 1 && only !== undefined) return only;
  throw invalid(step, `runs a program and names no runner, but ${known}: name one`);
}

export function isOffer(runner: Runner | RunnerOffer): runner is RunnerOffer {
  return "open" in runner;
}
