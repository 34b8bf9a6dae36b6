import { readFile } from "node:fs/promises";
import type { AbortOptions } from "@assay/sdk";

/** A layer in whole numbers: unit = Σ weight · input + bias, shifted to the right by `shifts[unit]`. */
export interface IntegerLayer {
  inputs: number;
  /** 8 bits each, `weights[unit * inputs + input]`. */
  weights: readonly number[];
  /** 32 bits. */
  biases: readonly number[];
  /** Bits. */
  shifts: readonly number[];
}

/** What the learned detector's program is compiled with. */
export interface LearnedWeights {
  layers: readonly IntegerLayer[];
  /** The least output of a fire. */
  threshold: number;
  /** The least output of each whole percentage from 1 to 99. */
  percents: readonly number[];
}

/** What `npm run example:fire -- --train` writes, as it is committed. */
export const LEARNED_FILE = new URL("../../assembly/learned.json", import.meta.url);

/** The committed weights as a part of the learned detector's source: data segments of its program, and so named by its CID. */
export async function learnedWeightsSource({ signal }: AbortOptions = {}): Promise<string> {
  const { layers, threshold, percents }: LearnedWeights = JSON.parse(
    await readFile(LEARNED_FILE, { encoding: "utf8", signal }),
  );
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
