import { countOf } from "../onnx/tensor.ts";
import { axisAttribute } from "./axis.ts";
import { type NodeContext, refuse } from "./nodeContext.ts";

/** Since this opset a softmax is over one axis; before, over all from that one on. */
const ONE_AXIS_OPSET = 13;
/** So many table entries of 2²³ and a rounding fit 64 bits with room, and 32 bits hold their number. */
const MAX_COUNT = 1 << 20;

export function softmax(context: NodeContext): void {
  const { shape } = context.input(0);
  const isOneAxis = context.opset >= ONE_AXIS_OPSET;
  const axis = axisAttribute(context, shape.length, isOneAxis ? -1 : 1);
  const count = isOneAxis ? (shape[axis] ?? 1) : countOf(shape.slice(axis));
  if (count > MAX_COUNT) {
    refuse(context, `is over ${count} values, and at most ${MAX_COUNT} are supported.`);
  }
  context.emit(
    {
      kind: "softmax",
      inputs: [context.tensor(0)],
      outer: countOf(shape.slice(0, axis)),
      count,
      inner: isOneAxis ? countOf(shape.slice(axis + 1)) : 1,
    },
    shape,
  );
}
