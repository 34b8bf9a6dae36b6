import { constantAt, type NodeContext, refuse } from "./nodeContext.ts";
import { planesOf, readWindow } from "./window.ts";

export function conv(context: NodeContext): void {
  const { attributes } = context;
  const from = planesOf(context, context.input(0));
  const weight = constantAt(context, 1, "weights");
  const [channels = 0, depth = 0, ...kernel] = weight.shape;
  const groups = attributes.int("group", 1);
  const given = attributes.ints("kernel_shape", kernel);
  if (given.join() !== kernel.join()) {
    refuse(
      context,
      `has kernel_shape ${given.join(", ")} and weights of ${weight.shape.join(" × ")}: export the model again.`,
    );
  }
  const fits =
    Number.isSafeInteger(groups) && groups >= 1 && channels >= 1 && channels % groups === 0;
  if (!fits || depth * groups !== from.channels) {
    refuse(
      context,
      `has weights of ${weight.shape.join(" × ")} in ${groups} groups for ${from.channels} channels: export the model again.`,
    );
  }
  const { rows, columns, ...window } = readWindow(context, from, kernel);
  const bias = context.optional(2) && constantAt(context, 2, "bias");
  if (bias !== undefined && bias.values.length !== channels) {
    refuse(
      context,
      `has ${bias.values.length} biases for ${channels} channels: export the model again.`,
    );
  }
  context.emit(
    {
      kind: "conv",
      inputs: [context.tensor(0)],
      ...window,
      from,
      to: { channels, rows, columns },
      groups,
      weight: weight.values,
      bias: bias?.values ?? new Float64Array(channels),
    },
    [1, channels, rows, columns],
  );
}
