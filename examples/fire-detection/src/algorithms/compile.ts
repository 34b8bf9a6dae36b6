import { readFile } from "node:fs/promises";
import type { AbortOptions } from "@assay/sdk";
import { compileProgram } from "@assay/sdk/compile";
import type { ProgramName } from "./algorithm.ts";
import { learnedWeightsSource } from "./learnedWeights.ts";

/**
 * Pages of 64 KiB: enough for the input, the marks and the longest result of the largest tile (`maxTilePixels`). One value for
 * all tile sizes, so that a program and its CID are the same for all jobs; memory that is not touched costs nothing.
 */
export const PROGRAM_MEMORY_PAGES = 640;

/** Files of `assembly/`, joined in this order: what they share first. `learnedWeights` is made of `learned.json`. */
const PARTS: Readonly<Record<ProgramName, readonly string[]>> = {
  hotmap: ["tile", "fires", "sentinel2", "reflectances", "hotmap"],
  tai: ["tile", "marks", "sentinel2", "reflectances", "tai"],
  plain: ["tile", "marks", "sentinel2", "reflectances", "plain"],
  learned: ["tile", "marks", "sentinel2", "learnedWeights", "learned"],
  landsat: ["tile", "marks", "context", "landsat", "schroeder", "murphy", "kumarRoy"],
  viirs: ["tile", "marks", "context", "thermal", "viirs"],
  modis: ["tile", "marks", "context", "thermal", "modis"],
};

/** Compiles a program from its files in `assembly/`. */
export async function compileDetector(
  name: ProgramName,
  { signal }: AbortOptions = {},
): Promise<Uint8Array> {
  const parts = await Promise.all(
    PARTS[name].map((part) =>
      part === "learnedWeights"
        ? learnedWeightsSource({ signal })
        : readFile(new URL(`../../assembly/${part}.ts`, import.meta.url), {
            encoding: "utf8",
            signal,
          }),
    ),
  );
  return compileProgram({
    source: parts.join("\n"),
    name,
    memoryPages: PROGRAM_MEMORY_PAGES,
    signal,
  });
}
