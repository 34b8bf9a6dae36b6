import { lineagesOf } from "../define/checkPipeline.ts";
import { stepDefinition } from "../define/definePipeline.ts";
import type { InputGiven, Pipeline, StepDefinition } from "../define/step.ts";
import { bytes } from "../define/valueType.ts";
import { EffectStep } from "./effectStep.ts";
import type { OpenRunner } from "./feed.ts";
import { FlatMapStep } from "./flatMapStep.ts";
import { InputStep } from "./inputStep.ts";
import { openInput } from "./inputs.ts";
import { JoinStep } from "./joinStep.ts";
import { MapStep } from "./mapStep.ts";
import { type OutputCallback, OutputStep } from "./outputStep.ts";
import { ReduceStep } from "./reduceStep.ts";
import type { RunContext, StepRun } from "./stepRun.ts";

export interface BuildParameters {
  inputs: Readonly<Record<string, InputGiven>>;
  runnerOf(step: StepDefinition): OpenRunner | undefined;
  onOutput: OutputCallback | undefined;
}

/** Makes the steps of a run and connects them; those that no step takes from get an output behind them. */
export function buildSteps(
  run: RunContext,
  { name: pipeline, steps }: Pipeline,
  parameters: BuildParameters,
): StepRun[] {
  const { inputs, runnerOf, onOutput } = parameters;
  const lineages = lineagesOf(steps);
  const depthOf = (name: string) => 1 + (lineages.get(name)?.length ?? 0);

  function make(step: StepDefinition, index: number): StepRun {
    switch (step.kind) {
      case "input":
        return new InputStep(
          run,
          step,
          index,
          openInput(step, Object.hasOwn(inputs, step.name) ? inputs[step.name] : undefined, {
            run,
            pipeline,
          }),
        );
      case "flatMap":
        return new FlatMapStep(run, step, index);
      case "reduce":
        return new ReduceStep(run, step, index, {
          runner: runnerOf(step),
          depth: depthOf(step.name),
        });
      case "join":
        return new JoinStep(run, step, index, step.from.map(depthOf));
      case "effect":
        return new EffectStep(run, step, index);
      default:
        return new MapStep(run, step, index, runnerOf(step));
    }
  }

  const made = new Map<string, StepRun>();
  for (const [index, step] of steps.entries()) {
    const one = make(step, index);
    for (const from of step.from) {
      const producer = made.get(from);
      if (producer !== undefined) one.takeFrom(producer);
    }
    made.set(step.name, one);
  }
  const all = [...made.values()];
  const ends = all.filter((step) => step.isLeaf && step.definition.kind !== "effect");
  return [...all, ...ends.map((step) => outputOf(run, step, onOutput))];
}

function outputOf(run: RunContext, step: StepRun, onOutput: OutputCallback | undefined): StepRun {
  const from = [step.definition.name];
  const definition = stepDefinition({ name: "output", kind: "effect", from, gives: bytes });
  const output = new OutputStep(run, definition, step.index, onOutput);
  output.takeFrom(step);
  return output;
}
