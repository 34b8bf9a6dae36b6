import { PipelineInvalidError } from "./errors.ts";
import type { Pipeline, StepDefinition } from "./step.ts";
import { fits } from "./valueType.ts";

/** Names are shown, are keys in YAML and parts of file names. */
const NAME = /^[A-Za-z][\w-]{0,63}$/;
/** Most values that a reduce combines at once. */
const MAX_ARITY = 1_024;

/**
 * The fan-outs between an input and a step's items: an item's path has as many positions. `[]` is one item an epoch.
 * Items of two steps belong to each other where one's lineage begins with the other's.
 */
export type Lineage = readonly string[];

/**
 * Checks a graph and puts its steps in an order in which each stands behind those that it takes from.
 *
 * @throws {@link PipelineInvalidError} one line: the step, what is wrong, what to do.
 */
export function checkPipeline(name: string, definitions: readonly StepDefinition[]): Pipeline {
  if (!NAME.test(name)) {
    throw new PipelineInvalidError(
      `${JSON.stringify(name)} is no name for a pipeline: use letters, digits, - and _.`,
    );
  }
  const byName = new Map<string, StepDefinition>();
  for (const step of definitions) {
    if (!NAME.test(step.name) || step.name === "epoch") {
      throw invalid(step, `is no name for a step: use letters, digits, - and _, and not "epoch"`);
    }
    if (byName.has(step.name))
      throw invalid(step, "is defined twice: give one of them another name");
    checkNumbers(step);
    byName.set(step.name, step);
  }
  if (![...byName.values()].some(({ kind }) => kind === "input")) {
    throw new PipelineInvalidError(`The pipeline ${name} has no input: add one.`);
  }
  const steps = inOrder(byName);
  lineagesOf(steps);
  for (const step of steps) checkTypes(step, byName);
  return { name, steps };
}

function checkNumbers(step: StepDefinition): void {
  const { kind, from, concurrency, arity, onFailure } = step;
  if ((kind === "input") !== (from.length === 0)) {
    throw invalid(step, kind === "input" ? "takes from no step" : "takes from no step: name one");
  }
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    throw invalid(step, `has a concurrency of ${concurrency}: give a whole number from 1 on`);
  }
  if (!Number.isSafeInteger(arity) || arity < 2 || arity > MAX_ARITY) {
    throw invalid(step, `has an arity of ${arity}: give a whole number from 2 to ${MAX_ARITY}`);
  }
  if (typeof onFailure === "string") return;
  if (!Number.isSafeInteger(onFailure.retry) || onFailure.retry < 1) {
    throw invalid(step, `is tried ${onFailure.retry} times again: give a whole number from 1 on`);
  }
}

function inOrder(byName: ReadonlyMap<string, StepDefinition>): StepDefinition[] {
  const followers = new Map<string, StepDefinition[]>();
  const missing = new Map<string, number>();
  for (const step of byName.values()) {
    missing.set(step.name, step.from.length);
    for (const from of step.from) {
      if (!byName.has(from)) throw unknown(step, from, byName.keys());
      const others = followers.get(from);
      if (others === undefined) followers.set(from, [step]);
      else others.push(step);
    }
  }
  const ordered = [...byName.values()].filter(({ from }) => from.length === 0);
  for (const step of ordered) {
    for (const follower of followers.get(step.name) ?? []) {
      const left = (missing.get(follower.name) ?? 0) - 1;
      missing.set(follower.name, left);
      if (left === 0) ordered.push(follower);
    }
  }
  if (ordered.length < byName.size) throw cycle(byName, new Set(ordered.map((step) => step.name)));
  return ordered;
}

/** Follows what takes from what, among the steps that no order has, until one comes a second time. */
function cycle(byName: ReadonlyMap<string, StepDefinition>, done: ReadonlySet<string>): Error {
  const left = [...byName.values()].filter(({ name }) => !done.has(name));
  const way: string[] = [];
  let step = left[0] as StepDefinition;
  while (!way.includes(step.name)) {
    way.push(step.name);
    const before = step.from.find((from) => !done.has(from)) ?? "";
    step = byName.get(before) as StepDefinition;
  }
  const circle = [step.name, ...way.slice(way.indexOf(step.name)).reverse()];
  return invalid(step, `needs itself: ${circle.join(" → ")}. Take one of these edges out`);
}

/** Lineages of checked pipelines. */
const known = new WeakMap<readonly StepDefinition[], ReadonlyMap<string, Lineage>>();

/** @returns the lineage of each step's items. @throws {@link PipelineInvalidError} */
export function lineagesOf(steps: readonly StepDefinition[]): ReadonlyMap<string, Lineage> {
  const lineages = known.get(steps) ?? computeLineages(steps);
  known.set(steps, lineages);
  return lineages;
}

function computeLineages(steps: readonly StepDefinition[]): Map<string, Lineage> {
  const lineages = new Map<string, Lineage>();
  for (const step of steps) {
    const above = step.from.map((from) => lineages.get(from) ?? []);
    lineages.set(step.name, lineageOf(step, above, lineages));
  }
  return lineages;
}

function lineageOf(
  step: StepDefinition,
  above: readonly Lineage[],
  lineages: ReadonlyMap<string, Lineage>,
): Lineage {
  const [first = []] = above;
  switch (step.kind) {
    case "input":
      return ["input"];
    case "flatMap":
      return [...first, step.name];
    case "reduce": {
      const target = step.per === "epoch" ? [] : lineages.get(step.per);
      if (target === undefined) throw unknown(step, step.per, lineages.keys());
      if (target.length >= first.length || !isPrefix(target, first)) {
        throw invalid(
          step,
          `gives one item for each of ${step.per}, but ${step.from[0]} has no fan-out behind ${step.per}`,
        );
      }
      return target;
    }
    case "join": {
      const deepest = above.reduce((a, b) => (b.length > a.length ? b : a), first);
      const stranger = above.findIndex((lineage) => !isPrefix(lineage, deepest));
      if (stranger < 0) return deepest;
      throw invalid(
        step,
        `joins ${step.from[stranger]} with items of another fan-out: reduce one of them first`,
      );
    }
    default:
      return first;
  }
}

function isPrefix(part: Lineage, whole: Lineage): boolean {
  return part.every((name, i) => whole[i] === name);
}

function checkTypes(step: StepDefinition, byName: ReadonlyMap<string, StepDefinition>): void {
  for (const [i, from] of step.from.entries()) {
    const gives = byName.get(from)?.gives;
    const takes = step.takes[i];
    if (gives !== undefined && takes !== undefined && !fits(gives, takes)) {
      throw invalid(
        step,
        `takes ${takes.name}, but ${from} gives ${gives.name}: change one of them, or put a map between them`,
      );
    }
  }
  const [first = ""] = step.from;
  const above = byName.get(first)?.gives.name;
  const keeps = step.kind === "reduce" || step.kind === "filter";
  if (keeps && above !== step.gives.name) {
    throw invalid(
      step,
      `gives ${step.gives.name}, but a ${step.kind} gives what it takes, which is ${above}`,
    );
  }
}

function unknown(step: StepDefinition, named: string, known: Iterable<string>): Error {
  return invalid(
    step,
    `takes from ${named}, but there is no such step: there are ${[...known].join(", ")}`,
  );
}

export function invalid({ name, where }: Pick<StepDefinition, "name" | "where">, what: string) {
  return new PipelineInvalidError(`Step ${name} ${what}.`, where === undefined ? {} : { where });
}
