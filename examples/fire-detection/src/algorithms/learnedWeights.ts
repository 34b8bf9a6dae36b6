import { readFile } from "node:fs/promises";
import type { AbortOptions } from "@assay/sdk";
import type { LearnedDetector } from "../training/learnDetector.ts";

/** What `npm run example:fire -- --train` writes, as it is committed. */
export const LEARNED_FILE = new URL("../../assembly/learned.json", import.meta.url);

/** The committed weights as a part of the learned detector's source: data segments of its program, and so named by its CID. */
export async function learnedWeightsSource({ signal }: AbortOptions = {}): Promise<string> {
  const detector: LearnedDetector = JSON.parse(
    await readFile(LEARNED_FILE, { encoding: "utf8", signal }),
  );
  const { layers, threshold, percents } = detector;
  const data = (name: string, type: string, values: readonly number[]) =>
    `const ${name}: usize = memory.data<${type}>([${values.join(",")}]);`;
  return [
    ...layers.flatMap(({ weights, biases, shifts }, l) => [
      data(`WEIGHTS_${l + 1}`, "i8", weights),
      data(`BIASES_${l + 1}`, "i32", biases),
      data(`SHIFTS_${l + 1}`, "u8", shifts),
    ]),
    ...layers.map(({ biases }, l) => `const UNITS_${l + 1}: i32 = ${biases.length};`),
    `const THRESHOLD: i32 = ${threshold};`,
    data("PERCENTS", "i32", percents),
  ].join("\n");
}
