import { ModelError } from "../onnx/modelError.ts";
import type { Layer } from "./graph.ts";

/** A program may have 16 MiB, its code included, and its text grows with the weights. */
const MAX_MODEL_BYTES = 8 << 20;
const PAGE_BYTES = 65_536;
const MAX_PAGES = 16_384;
/** For the compiler's own globals, and the rounding of input and result to chunks. */
const SPARE_PAGES = 4;
/** Images that a task may hold. */
export const MAX_IMAGES_PER_TASK = 64;

/** @throws {@link ModelError} when a program has no room for a model's weights and tables. */
export function checkModelBytes(bytes: number): void {
  if (bytes <= MAX_MODEL_BYTES) return;
  throw new ModelError(
    `The model takes ${bytes} bytes or more, and a program has room for ${MAX_MODEL_BYTES}: use a smaller model.`,
  );
}

/**
 * Pages of memory for a program and its largest task.
 * @param others - bytes of the model, and of its tensors while they are computed.
 * @throws {@link ModelError} when a program cannot have so many.
 */
export function pagesOf(
  { inputBytes, resultBytes }: { inputBytes: number; resultBytes: number },
  others: number,
): number {
  const perTask = MAX_IMAGES_PER_TASK * (inputBytes + 2 * resultBytes);
  const pages = Math.ceil((others + perTask) / PAGE_BYTES) + SPARE_PAGES;
  if (pages <= MAX_PAGES) return pages;
  throw new ModelError(
    `The model takes ${pages} pages of memory or more, and a program has ${MAX_PAGES}: use smaller images.`,
  );
}

/**
 * How many bytes of weights and tables a layer has in a program, at least. An affine layer has none of its own: it is folded into another, or
 * counted by {@link channelBytes} when it is not.
 */
export function dataBytesOf(layer: Layer): number {
  switch (layer.kind) {
    case "conv":
    case "dense":
      return channelBytes(layer.weight.length, layer.bias.length);
    case "average":
      return 4 * layer.kernel[0] * layer.kernel[1];
    case "resize":
      return 12 * (layer.rowTaps.length + layer.columnTaps.length);
    default:
      return 0;
  }
}

/** A byte a weight; a bias, a multiplier and a shift of 32 bits a channel. */
export const channelBytes = (weights: number, channels: number): number => weights + 12 * channels;
