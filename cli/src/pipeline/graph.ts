import { toMermaid, toSvg } from "@assay/pipelines";
import { loadOptions } from "@assay/worker/config";
import { type Command, toJson } from "@assay/worker/process";
import { writeLocal } from "../program/files.ts";
import { openPipeline } from "./openPipeline.ts";
import { graphOptions, OPERANDS } from "./pipelineOptions.ts";

export const pipelineGraphCommand: Command = {
  summary: "draw a pipeline's steps and the types between them, as Mermaid or SVG",
  operands: OPERANDS.join(" "),
  options: graphOptions,
  async run(argv, { environment, stdout }) {
    const { pipeline, options } = await openPipeline(argv);
    const { values } = loadOptions(graphOptions, options, environment);
    const { format, out, json } = values;
    const graph = format === "svg" ? await toSvg(pipeline) : toMermaid(pipeline);
    if (out !== undefined) await writeLocal(out, new TextEncoder().encode(graph));
    if (json) {
      const steps = pipeline.steps.map(({ name, kind, from, gives }) => ({
        name,
        kind,
        from,
        gives: gives.name,
      }));
      stdout.write(
        `${toJson({ pipeline: pipeline.name, steps, ...(out === undefined ? { [format]: graph } : { out }) })}\n`,
      );
    } else if (out === undefined) {
      stdout.write(graph);
    }
    return 0;
  },
};
