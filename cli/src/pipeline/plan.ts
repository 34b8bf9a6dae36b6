import { type PlannedStep, planPipeline } from "@assay/pipelines";
import { loadOptions } from "@assay/worker/config";
import { type Command, toJson } from "@assay/worker/process";
import { formatEther } from "viem";
import { columns } from "./columns.ts";
import { openPipeline } from "./openPipeline.ts";
import { OPERANDS, parseRunners, planOptions } from "./pipelineOptions.ts";

export const pipelinePlanCommand: Command = {
  summary: "show what a run would compute, where, and what it costs at most; nothing is computed",
  operands: OPERANDS.join(" "),
  options: planOptions,
  async run(argv, { environment, stdout }) {
    const { pipeline, store: beside, options } = await openPipeline(argv);
    const { values } = loadOptions(planOptions, options, environment);
    const { runnersOf } = await import("./openRunners.ts");
    const plan = await planPipeline(pipeline, {
      store: values.store ?? beside,
      runners: runnersOf(values, environment),
      runnerFor: parseRunners(values.runner),
    });
    if (values.json) stdout.write(`${toJson(plan)}\n`);
    else {
      const rows = plan.steps.map((step) => rowOf(step));
      const cost = `at most ${formatEther(plan.maxCostWei)} ETH${plan.isOpen ? " for what is known" : ""}`;
      stdout.write(
        `${columns(["step", "kind", "where", "remembered", "to run"], rows)}\n${cost}\n`,
      );
    }
    return 0;
  },
};

function rowOf({ name, kind, runner, reused, toRun, isOpen }: PlannedStep): string[] {
  const where = runner ?? (kind === "input" ? "" : "this process");
  return [name, kind, where, String(reused), `${toRun}${isOpen ? " or more" : ""}`];
}
