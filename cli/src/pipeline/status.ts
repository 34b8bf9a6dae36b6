import { readStatus, type StepStatus } from "@assay/pipelines";
import { loadOptions } from "@assay/worker/config";
import { type Command, toJson } from "@assay/worker/process";
import { columns } from "./columns.ts";
import { pipelineFile, storeBeside } from "./openPipeline.ts";
import { OPERANDS, statusOptions } from "./pipelineOptions.ts";

export const pipelineStatusCommand: Command = {
  summary: "show how far the latest run of a pipeline is, also while it runs",
  operands: OPERANDS.join(" "),
  options: statusOptions,
  async run(argv, { environment, stdout }) {
    const { path, options } = pipelineFile(argv);
    const { values } = loadOptions(statusOptions, options, environment);
    const status = readStatus(values.store ?? storeBeside(path));
    if (values.json) stdout.write(`${toJson(status ?? { run: null })}\n`);
    else if (status === undefined) stdout.write("no run was begun\n");
    else {
      const began = new Date(status.startedAt).toISOString();
      const how = status.outcome ?? "under way, or killed";
      stdout.write(
        `${columns(HEADER, status.steps.map(rowOf))}\n${status.pipeline}, begun ${began}: ${how}\n`,
      );
    }
    return 0;
  },
};

const HEADER = ["step", "kind", "where", "computed", "remembered", "skipped", "failed"];

function rowOf({ name, kind, runner = "", counts }: StepStatus): string[] {
  const { done, reused, skipped, failed } = counts;
  return [name, kind, runner, ...[done, reused, skipped, failed].map(String)];
}
