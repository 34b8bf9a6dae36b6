import { createLocalProgram } from "../../../shared/src/programs/localProgram.ts";
import { type LocalRunnerName, openLocalRunner } from "../../../shared/src/runners/localRunner.ts";
import { createRunnerCompute } from "../federation/compute.ts";
import { payableOf } from "../federation/findings.ts";
import { runTraining } from "../federation/training.ts";
import { sharesOf } from "../incentives/payout.ts";
import { sha256 } from "../learning/model.ts";
import { openTraining, outcomeOf, writeTraining } from "./oneTraining.ts";
import type { CommandOptions } from "./options.ts";

/** `--runner threads`: the same training on the cores of this machine, where nobody is paid. The model is the same to the bit. */
export async function runnerCommand(
  options: CommandOptions & { runner: LocalRunnerName },
  stream: NodeJS.WriteStream,
  signal: AbortSignal,
): Promise<object> {
  const startedAt = performance.now();
  await using opened = await openTraining(options, stream, signal);
  const { federation, programs, train } = opened;
  const runner = openLocalRunner(options.runner);
  const evaluate = createLocalProgram(programs.get("evaluate") ?? new Uint8Array());
  const compute = createRunnerCompute(runner, programs);
  const training = await runTraining(compute, evaluate, federation, { ...train, signal }).finally(
    () => runner.close(),
  );
  const shares = sharesOf(options.budgetWei, payableOf(training));
  const outcome = await outcomeOf(opened, training, options, shares);
  const modelSha256 = sha256(training.model);
  const seconds = (performance.now() - startedAt) / 1_000;
  const summary = {
    ...outcome.json,
    ...{ runner: options.runner, modelSha256, secondsTotal: Math.round(seconds * 100) / 100 },
  };
  const files = await writeTraining(options, training, outcome, summary, { signal });
  const lines = [
    ...outcome.lines,
    `  model ${modelSha256.slice(0, 16)}…, trained by ${options.runner} in ${seconds.toFixed(1)} s`,
    ...files.map((file) => `  ${file}`),
  ];
  stream.write(`${lines.join("\n")}\n`);
  return { ...summary, files };
}
