import type { Graph, Layer } from "../graph/graph.ts";

/** The same for all layers. */
export const workOfGraph = ({ layers }: Graph): number =>
  layers.reduce((sum, layer) => sum + workOf(layer), 0);

/** About how many multiplications, or other steps for each value, a layer takes for one image. */
export function workOf(layer: Layer): number {
  switch (layer.kind) {
    case "conv": {
      const { to, from, groups, kernel } = layer;
      const depth = from.channels / groups;
      return to.channels * to.rows * to.columns * depth * kernel[0] * kernel[1];
    }
    case "dense":
      return layer.rows * layer.inputSize * layer.outputSize;
    case "max":
    case "average":
      return (
        layer.to.channels * layer.to.rows * layer.to.columns * layer.kernel[0] * layer.kernel[1]
      );
    case "affine":
      return layer.outer * layer.channels * layer.inner;
    case "add":
    case "multiply":
      return layer.dims.reduce((product, size) => product * size, 1);
    case "map":
      return 0; // one step a value of what was made before
    case "softmax":
      return layer.outer * layer.count * layer.inner;
    case "resize":
      return layer.from.channels * layer.rowTaps.length * layer.columnTaps.length * 4;
    case "concat":
      return layer.outer * layer.pieces.reduce((sum, size) => sum + size, 0);
  }
}
