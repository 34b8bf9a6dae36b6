import { readFile, stat } from "node:fs/promises";
import type { AbortOptions } from "@assay/sdk";
import { fold } from "../graph/fold.ts";
import type { Graph } from "../graph/graph.ts";
import { buildGraph } from "../layers/buildGraph.ts";
import { ModelError } from "../onnx/modelError.ts";
import { readModel } from "../onnx/readModel.ts";

/** Larger files cannot fit a program, whose weights are a quarter as large as in floats. */
const MAX_FILE_BYTES = 64 << 20;
const DIGITS = new URL("../../models/digits.onnx", import.meta.url);

/**
 * Reads the ONNX file at a path, or without one the classifier of digits.
 * @param shape - of its input, where the file leaves it open.
 * @throws {@link ModelError}
 */
export async function openModel(
  path: string | undefined,
  { shape, signal }: { shape?: readonly number[] | undefined } & AbortOptions = {},
): Promise<Graph> {
  return fold(buildGraph(readModel(await readBytes(path ?? DIGITS, signal), shape)));
}

async function readBytes(path: string | URL, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new TypeError("no file"); // a pipe or device may have no end
    const { size } = found;
    if (size <= MAX_FILE_BYTES) return await readFile(path, { signal });
    throw new ModelError(
      `${path} has ${size} bytes, and a model has at most ${MAX_FILE_BYTES}: use a smaller one.`,
    );
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof ModelError) throw cause;
    throw new ModelError(`${path} cannot be read: give the path of an ONNX file.`, { cause });
  }
}
