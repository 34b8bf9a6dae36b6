import { createLocalProgram } from "../../../shared/src/programs/localProgram.ts";
import { type LocalRunnerName, openLocalRunner } from "../../../shared/src/runners/localRunner.ts";
import { createRunnerCompute } from "../federation/compute.ts";
import { runTraining } from "../federation/training.ts";
import { sha256 } from "../learning/model.ts";
import { createBars } from "../outputs/bars.ts";
import {
  describeRound,
  openTraining,
  privacyLines,
  spentPrivacy,
  trainingJson,
  writeTraining,
} from "./oneTraining.ts";
import type { CommandOptions } from "./options.ts";

/** `--runner threads`: the same training on the cores of this machine, where nobody is paid. The model is the same to the bit. */
export async function runnerCommand(
  options: CommandOptions & { runner: LocalRunnerName },
  stream: NodeJS.WriteStream,
  signal: AbortSignal,
): Promise<object> {
  const startedAt = performance.now();
  const { federation, programs, about } = await openTraining(options, stream, signal);
  const { rounds } = federation.options;
  const bars = createBars(stream);
  const runner = openLocalRunner(options.runner);
  const evaluate = createLocalProgram(programs.get("evaluate") ?? new Uint8Array());
  const training = await runTraining(createRunnerCompute(runner, programs), evaluate, federation, {
    onRound(report) {
      bars.update([{ label: "rounds", done: report.round, of: rounds }]);
      bars.note(describeRound(report, rounds));
    },
    signal,
  }).finally(() => runner.close());
  bars.close();

  const privacy = spentPrivacy(options);
  const modelSha256 = sha256(training.model);
  const seconds = (performance.now() - startedAt) / 1_000;
  const summary = {
    ...trainingJson(training, about, privacy),
    ...{ runner: options.runner, modelSha256, secondsTotal: Math.round(seconds * 100) / 100 },
  };
  const files = await writeTraining(options.out, training, summary, { signal });
  const lines = [
    "",
    ...privacyLines(privacy),
    `  model ${modelSha256.slice(0, 16)}…, trained by ${options.runner} in ${seconds.toFixed(1)} s`,
    ...files.map((file) => `  ${file}`),
  ];
  stream.write(`${lines.join("\n")}\n`);
  return { ...summary, files };
}
