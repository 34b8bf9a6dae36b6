import { readFile } from "node:fs/promises";
import type { AbortOptions } from "@assay/sdk";
import { compileProgram } from "@assay/sdk/compile";
import { ModelError } from "../onnx/modelError.ts";
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
const PAGE_BYTES = 65_536;
/** For the compiler's own globals, and the rounding of input and result to chunks. */
const SPARE_PAGES = 4;
/** Images that a task may hold. */
export const MAX_IMAGES_PER_TASK = 64;
/** A program may have 16 MiB, its code included, and its text grows with the weights. */
const MAX_MODEL_BYTES = 8 << 20;
const MAX_PAGES = 16_384;

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
  if (bytes.length > MAX_MODEL_BYTES) {
    throw new ModelError(
      `The model takes ${bytes.length} bytes, and a program has room for ${MAX_MODEL_BYTES}: use a smaller model.`,
    );
  }
  const perTask = MAX_IMAGES_PER_TASK * (inputBytes + 2 * resultBytes);
  const memoryPages = Math.ceil((bytes.length + arenaBytes + perTask) / PAGE_BYTES) + SPARE_PAGES;
  if (memoryPages > MAX_PAGES) {
    throw new ModelError(
      `The model takes ${memoryPages} pages of memory, and a program has ${MAX_PAGES}: use smaller images.`,
    );
  }
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
