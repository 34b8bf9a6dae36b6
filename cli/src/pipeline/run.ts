import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Output, runPipeline, type StepProgress } from "@assay/pipelines";
import { loadOptions, UsageError } from "@assay/worker/config";
import { type Command, toJson } from "@assay/worker/process";
import { createProgress, type ProgressStream } from "../terminal/progress.ts";
import { columns } from "./columns.ts";
import { openPipeline } from "./openPipeline.ts";
import { OPERANDS, parseRunners, runOptions } from "./pipelineOptions.ts";

export const pipelineRunCommand: Command = {
  summary: "run a pipeline: what is remembered is not computed, and what was killed goes on",
  operands: OPERANDS.join(" "),
  options: runOptions,
  async run(argv, { environment, stdout, stderr }) {
    const { pipeline, store: beside, options } = await openPipeline(argv);
    const { values } = loadOptions(runOptions, options, environment);
    const { out, json } = values;
    const { runnersOf } = await import("./openRunners.ts");
    const shown = createProgress(stderr as ProgressStream, undefined, pipeline.name);
    try {
      const report = await runPipeline(pipeline, {
        store: values.store ?? beside,
        runners: runnersOf(values, environment),
        runnerFor: parseRunners(values.runner),
        ...(out === undefined ? {} : { onOutput: (output: Output) => writeOutput(out, output) }),
        onProgress: (steps) => show(shown, steps),
      });
      shown.end();
      if (json) stdout.write(`${toJson({ pipeline: pipeline.name, ...report })}\n`);
      else stdout.write(`${columns(HEADER, report.steps.map(rowOf))}\n`);
      return 0;
    } finally {
      shown.end();
    }
  },
};

/** All that is done, and which step is at work: the last that has something to do, since it is what the others wait for. */
function show(
  shown: { update(done: number, note?: string): void },
  steps: readonly StepProgress[],
): void {
  const done = steps.reduce((sum, step) => sum + step.done + step.reused, 0);
  const busy = steps.findLast(({ waiting, underWay }) => waiting + underWay > 0);
  shown.update(done, busy === undefined ? undefined : `in ${busy.name}`);
}

const HEADER = ["step", "kind", "where", "computed", "remembered", "skipped", "tried again"];

function rowOf({
  name,
  kind,
  runner = "",
  done,
  reused,
  skipped,
  retried,
}: StepProgress): string[] {
  return [name, kind, runner, ...[done, reused, skipped, retried].map(String)];
}

/** Written beside and renamed: a file is there as a whole or not at all, and the same when it is written again. */
async function writeOutput(out: string, { step, path, bytes }: Output): Promise<void> {
  const file = join(out, step, path.join("."));
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.part`, bytes);
    await rename(`${file}.part`, file);
  } catch (cause) {
    throw new UsageError(`${file} cannot be written (${(cause as NodeJS.ErrnoException).code}).`, {
      cause,
    });
  }
}
