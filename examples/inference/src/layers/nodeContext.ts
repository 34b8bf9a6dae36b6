import type { Layer } from "../graph/graph.ts";
import type { Attributes } from "../onnx/attributes.ts";
import { ModelError } from "../onnx/modelError.ts";
import type { TensorData } from "../onnx/tensor.ts";

/** A tensor as a node sees it: which one, and in which shape. */
export interface Value {
  /** The tensor's index in the graph; undefined for a constant. */
  id: number | undefined;
  shape: readonly number[];
  /** Undefined for what is computed when the program runs. */
  constant: TensorData | undefined;
}

/** A layer without what the builder knows: its name and where its result goes. */
export type NewLayer = Layer extends infer L
  ? L extends Layer
    ? Omit<L, "name" | "output">
    : never
  : never;

/** What translates one node. */
export interface NodeContext {
  /** The node in words. */
  name: string;
  opset: number;
  attributes: Attributes;
  inputCount: number;
  /** @throws {@link ModelError} when there is no such input. */
  input(index: number): Value;
  optional(index: number): Value | undefined;
  /** The index of an input's tensor, for a layer that computes with it. A constant becomes a tensor by this. */
  tensor(index: number): number;
  /** The result is a layer's. */
  emit(layer: NewLayer, shape: readonly number[]): void;
  /** The result is a tensor that there is already, perhaps in another shape. */
  alias(value: Value): void;
}

/** @throws {@link ModelError} when the node cannot be translated: `problem` says why, and what to do. */
export function refuse({ name }: NodeContext, problem: string): never {
  throw new ModelError(`${name} ${problem}`);
}

/** A constant input. */
export function constantAt(context: NodeContext, index: number, what: string): TensorData {
  return (
    context.input(index).constant ??
    refuse(context, `computes its ${what}: export the model with a constant ${what}.`)
  );
}
