import type { Graph } from "../graph/graph.ts";
import { at } from "../graph/tensors.ts";
import { ModelError } from "../onnx/modelError.ts";

/** How a model's first output is read: a class for each of rows × columns places; one place is an answer for the whole image. */
export interface AnswerShape {
  classes: number;
  rows: number;
  columns: number;
  /** With a single channel, what exceeds this is class 1. */
  threshold: number;
}

/** So many numbers 16 bits have. */
const MAX_CLASSES = 1 << 16;

/**
 * Reads the shape of a model's first output: 1 × classes, or 1 × classes × rows × columns.
 * @throws {@link ModelError} for any other shape.
 */
export function answerShape({ outputs, layers }: Graph): AnswerShape {
  const { shape, tensor } = at(outputs, 0);
  const [batch, classes = 0, rows = 1, columns = 1] = shape;
  if (batch !== 1 || (shape.length !== 2 && shape.length !== 4) || classes > MAX_CLASSES) {
    throw new ModelError(
      `The model gives ${shape.join(" × ")}, and classes (1 × n) or masks (1 × n × rows × columns) are read: export it without what comes after.`,
    );
  }
  const last = layers.find(({ output }) => output === tensor);
  const isShare = last?.kind === "map" && last.function === "sigmoid";
  return { classes, rows, columns, threshold: isShare ? 0.5 : 0 };
}

/** The most likely class of each place; of equal ones the first. */
export function classesOf(
  values: ArrayLike<number>,
  { classes, rows, columns, threshold }: AnswerShape,
): Uint16Array {
  const area = rows * columns;
  return Uint16Array.from({ length: area }, (_, i) => {
    if (classes === 1) return at(values, i) > threshold ? 1 : 0;
    let best = 0;
    for (let c = 1; c < classes; c++) {
      if (at(values, c * area + i) > at(values, best * area + i)) best = c;
    }
    return best;
  });
}
