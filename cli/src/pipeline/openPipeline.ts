import { basename, dirname, extname, join } from "node:path";
import { loadPipeline, type Pipeline } from "@assay/pipelines";
import { takeOperands } from "../program/files.ts";
import { OPERANDS } from "./pipelineOptions.ts";

export interface OpenedPipeline {
  pipeline: Pipeline;
  /** The file beside it. */
  store: string;
  options: string[];
}

/** Takes the pipeline's file off a command's arguments and reads it. */
export async function openPipeline(argv: readonly string[]): Promise<OpenedPipeline> {
  const { path, options } = pipelineFile(argv);
  return { pipeline: await loadPipeline(path), store: storeBeside(path), options };
}

export function pipelineFile(argv: readonly string[]): { path: string; options: string[] } {
  const { operands, options } = takeOperands(argv, OPERANDS);
  return { path: operands[0] ?? "", options };
}

export function storeBeside(path: string): string {
  return join(dirname(path), `${basename(path, extname(path))}.sqlite`);
}
