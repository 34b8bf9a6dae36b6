import { countOf } from "../onnx/tensor.ts";
import { axisAttribute } from "./axis.ts";
import { type NodeContext, refuse } from "./nodeContext.ts";

export function concat(context: NodeContext): void {
  const { shape } = context.input(0);
  const axis = axisAttribute(context, shape.length, 1);
  const indices = Array.from({ length: context.inputCount }, (_, i) => i);
  const shapes = indices.map((i) => context.input(i).shape);
  const others = (of: readonly number[]) => of.toSpliced(axis, 1).join();
  const misfit = shapes.find((one) => one.length !== shape.length || others(one) !== others(shape));
  if (misfit !== undefined) {
    refuse(
      context,
      `joins ${shape.join(" × ")} and ${misfit.join(" × ")}: export the model again.`,
    );
  }
  context.emit(
    {
      kind: "concat",
      inputs: indices.map((i) => context.tensor(i)),
      outer: countOf(shape.slice(0, axis)),
      pieces: shapes.map((one) => countOf(one.slice(axis))),
    },
    shape.with(
      axis,
      shapes.reduce((sum, one) => sum + (one[axis] ?? 0), 0),
    ),
  );
}
