import { ModelError } from "../onnx/modelError.ts";
import type { ImageSize } from "./readImages.ts";

/** How a model wants its pixels: (value / 255 · scale − mean) / std, by channel; one number counts for all. */
export interface Normalisation {
  scale: number;
  mean: readonly number[];
  std: readonly number[];
}

/**
 * What a pixel's value becomes.
 * @throws {@link ModelError} when there are neither one nor as many numbers as channels.
 */
export function normaliser(
  { scale, mean, std }: Normalisation,
  { channels, rows, columns }: ImageSize,
) {
  for (const [flag, list] of Object.entries({ mean, std })) {
    if (list.length !== 1 && list.length !== channels) {
      throw new ModelError(
        `--${flag} has ${list.length} numbers and the model ${channels} channels: give one, or one a channel.`,
      );
    }
  }
  const area = rows * columns;
  const tables = Array.from({ length: channels }, (_, c) => {
    const [m = 0, s = 1] = [mean[c] ?? mean[0], std[c] ?? std[0]];
    return Float64Array.from({ length: 256 }, (_, value) => ((value / 255) * scale - m) / s);
  });
  const ends = tables.flatMap((table) => [table[0] ?? 0, table[255] ?? 0]);
  return {
    /** The least and the most that any pixel can become. */
    range: [Math.min(...ends), Math.max(...ends)] as const,
    apply: (planes: Uint8Array): Float64Array =>
      Float64Array.from(planes, (value, i) => tables[Math.floor(i / area)]?.[value] ?? 0),
  };
}

/** @throws {@link ModelError} when a model does not take pictures of one or three channels. */
export function imageSize(shape: readonly number[]): ImageSize {
  const [, channels = 0, rows = 0, columns = 0] = shape;
  if (shape.length === 4 && (channels === 1 || channels === 3)) return { channels, rows, columns };
  throw new ModelError(
    `The model takes ${shape.join(" × ")}, and pictures are 1 × 1 or 3 × rows × columns: give a model of images.`,
  );
}
