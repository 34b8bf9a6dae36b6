import type { AbortOptions } from "@assay/sdk";
import { compileProgram } from "@assay/sdk/compile";
import { readSource } from "./source.ts";

/** Programs of `assembly/`. */
export type ProgramName = "aggregate" | "train" | "evaluate" | "receipt";

/**
 * Pages of 64 KiB that each may take. One value for all sizes of job, so that a program and its CID are always the same; memory that
 * is not touched costs nothing.
 */
export const MEMORY_PAGES: Record<ProgramName, number> = {
  aggregate: 4_096,
  train: 1_024,
  evaluate: 4_096,
  receipt: 16,
};

/** Longest result, in bytes: an update or an aggregate of some ten million parameters. */
export const MAX_RESULT_BYTES = 64 << 20;

/** Compiles a program; takes about two seconds. The same source gives the same bytes everywhere. */
export async function compile(
  name: ProgramName,
  { signal }: AbortOptions = {},
): Promise<Uint8Array> {
  const source = await readSource(new URL(`../../assembly/${name}.ts`, import.meta.url));
  return compileProgram({ source, name, memoryPages: MEMORY_PAGES[name], signal });
}

/** All programs that a training takes. */
export async function compileAll(
  options: AbortOptions = {},
): Promise<ReadonlyMap<ProgramName, Uint8Array>> {
  const names: ProgramName[] = ["aggregate", "train", "evaluate", "receipt"];
  return new Map(
    await Promise.all(names.map(async (name) => [name, await compile(name, options)] as const)),
  );
}
