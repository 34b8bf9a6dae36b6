import { type AbortOptions, compileProgram } from "@assay/sdk";
import { readSource } from "./source.ts";

/** Programs of `assembly/`. */
export type ProgramName = "aggregate";

/**
 * Pages of 64 KiB that each may take. One value for all sizes of job, so that a program and its CID are always the same; memory that
 * is not touched costs nothing.
 */
export const MEMORY_PAGES: Record<ProgramName, number> = {
  aggregate: 4_096,
};

/** Compiles a program; takes about two seconds. The same source gives the same bytes everywhere. */
export async function compile(
  name: ProgramName,
  { signal }: AbortOptions = {},
): Promise<Uint8Array> {
  const source = await readSource(new URL(`../../assembly/${name}.ts`, import.meta.url));
  return compileProgram({ source, name, memoryPages: MEMORY_PAGES[name], signal });
}
