import { readFile } from "node:fs/promises";

/** What the compiler was given: its standard JSON input, without what it is to output. */
export interface ContractSources {
  /** `0.8.37+commit.f401782d` */
  compilerVersion: string;
  language: string;
  settings: Record<string, unknown> & { optimizer: { runs: number } };
  /** Contracts that are optimized for another number of runs, and for how many. */
  runs: Record<string, number>;
  sources: Record<string, { content: string }>;
}

/** The sources of every contract that Assay deploys. Read when they are asked for: they are half a megabyte. */
export async function readSources(): Promise<ContractSources> {
  const file = new URL("generated/sources.json", import.meta.url);
  return JSON.parse(await readFile(file, "utf8"));
}
