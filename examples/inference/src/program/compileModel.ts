import { readFile } from "node:fs/promises";
import type { AbortOptions } from "@assay/sdk";
import { compileProgram } from "@assay/sdk/compile";
import { checkModelBytes, pagesOf } from "../graph/room.ts";
import type { QuantisedGraph } from "../quantise/quantise.ts";
import { modelImage } from "./modelImage.ts";

/** A model as a program. */
export interface ModelProgram {
  wasm: Uint8Array;
  memoryPages: number;
  /** Bytes of one image and of its result; a task's input holds one image or more. */
  inputBytes: number;
  resultBytes: number;
}

/** Files of `assembly/`, joined in this order behind the model. */
const PARTS = ["main", "arithmetic", "convolve", "layers"];

export interface CompileModelOptions extends AbortOptions {
  /** Tensors that make up the result. Default: the graph's outputs. */
  outputs?: readonly number[] | undefined;
}

/**
 * Makes a program of a model: an interpreter of a few kilobytes with the model as its data. The same model gives the same bytes.
 * @throws {@link ModelError} when weights or images are too large for a program.
 */
export async function compileModel(
  model: QuantisedGraph,
  { outputs = model.graph.outputs.map(({ tensor }) => tensor), signal }: CompileModelOptions = {},
): Promise<ModelProgram> {
  const { bytes, arenaBytes, inputBytes, resultBytes } = modelImage(model, outputs);
  checkModelBytes(bytes.length);
  const memoryPages = pagesOf({ inputBytes, resultBytes }, bytes.length + arenaBytes);
  const parts = await Promise.all(
    PARTS.map((part) =>
      readFile(new URL(`../../assembly/${part}.ts`, import.meta.url), { encoding: "utf8", signal }),
    ),
  );
  const source = [dataSource(bytes), ...parts].join("\n");
  const wasm = await compileProgram({ source, name: "inference", memoryPages, signal });
  return { wasm, memoryPages, inputBytes, resultBytes };
}

/** The model as AssemblyScript, eight bytes a number: few tokens, and quickly read. */
function dataSource(bytes: Uint8Array): string {
  const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  const words = Array.from(
    { length: padded.length / 8 },
    (_, i) => `0x${view.getBigUint64(i * 8, true).toString(16)}`,
  );
  return `const MODEL: usize = memory.data<u64>([${words.join(",")}]);\n`;
}
