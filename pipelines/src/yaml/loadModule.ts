import { access, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { PipelineInvalidError } from "../define/errors.ts";
import type { Pipeline } from "../define/step.ts";
import { digestOf } from "../store/content.ts";
import type { Field } from "./document.ts";

export interface LoadedFunction {
  run: (...values: never[]) => unknown;
  /** The digest of the file that has it. */
  version: string;
}

/**
 * Loads a function of the caller's own: `./steps.ts#name`, from the folder of the pipeline's file.
 *
 * @throws {@link PipelineInvalidError} when there is none.
 */
export async function loadFunction(field: Field, folder: string): Promise<LoadedFunction> {
  const text = field.text();
  const at = text.lastIndexOf("#");
  if (at < 1 || at === text.length - 1) {
    throw field.invalid(
      `is ${text}: name a module and one of its functions, as in ./steps.ts#count`,
    );
  }
  const [path, name] = [resolve(folder, text.slice(0, at)), text.slice(at + 1)];
  const source = await readLocal(field, path);
  let module: Record<string, unknown>;
  try {
    module = await import(pathToFileURL(path).href);
  } catch (cause) {
    throw field.invalid(`names a module that cannot be loaded (${firstLine(cause)})`);
  }
  const run = module[name];
  if (typeof run !== "function") {
    const known = Object.keys(module).filter((key) => typeof module[key] === "function");
    throw field.invalid(
      `names ${name}, but that module has ${known.length === 0 ? "no functions" : known.join(", ")}`,
    );
  }
  const version = Buffer.from(digestOf(source)).toString("hex");
  return { run: run as LoadedFunction["run"], version };
}

/** @throws {@link PipelineInvalidError} that names the file. */
export async function readLocal(field: Field, path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw field.invalid(
      `names ${path}, which cannot be read (${(cause as NodeJS.ErrnoException).code})`,
    );
  }
}

/**
 * Loads the pipeline that a module exports by default.
 *
 * @throws {@link PipelineInvalidError} when it exports none.
 */
export async function loadDefault(path: string): Promise<Pipeline> {
  let module: { default?: unknown };
  try {
    await access(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new PipelineInvalidError(`${path} cannot be read (${code}).`, { cause });
  }
  try {
    module = await import(pathToFileURL(resolve(path)).href);
  } catch (cause) {
    if (cause instanceof PipelineInvalidError) throw cause;
    throw new PipelineInvalidError(`${path} cannot be loaded: ${firstLine(cause)}`, {
      cause,
    });
  }
  const { default: pipeline } = module;
  if (isPipeline(pipeline)) return pipeline;
  throw new PipelineInvalidError(
    `${path} exports no pipeline: add "export default definePipeline(…)".`,
  );
}

function isPipeline(value: unknown): value is Pipeline {
  return (
    typeof value === "object" && value !== null && "steps" in value && Array.isArray(value.steps)
  );
}

/** A message may have many lines, and an error of this kind is one. */
function firstLine(cause: unknown): string {
  const [first = ""] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
  return first;
}
