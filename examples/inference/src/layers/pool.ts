import type { Window } from "../graph/graph.ts";
import { type NodeContext, refuse } from "./nodeContext.ts";
import { planesOf, readWindow } from "./window.ts";

export function maxPool(context: NodeContext): void {
  context.attributes.ignore("storage_order"); // of the indices, which nobody can use here
  pool(context, "max");
}

export function averagePool(context: NodeContext): void {
  pool(context, "average");
}

function pool(context: NodeContext, kind: "max" | "average"): void {
  const { attributes } = context;
  const from = planesOf(context, context.input(0));
  const { rows, columns, ...window } = readWindow(
    context,
    from,
    attributes.ints("kernel_shape", []),
  );
  if (!meetsAlways(window, 0, rows, from.rows) || !meetsAlways(window, 1, columns, from.columns)) {
    refuse(context, "has windows that lie in the padding alone: use pads smaller than the kernel.");
  }
  const countsPadding = kind === "average" && attributes.int("count_include_pad", 0) !== 0;
  if (countsPadding && attributes.int("ceil_mode", 0) !== 0) {
    // Whether the part beyond the padding counts was decided otherwise in each release of onnxruntime.
    refuse(
      context,
      "has both ceil_mode and count_include_pad: export the model without one of them.",
    );
  }
  context.emit(
    {
      kind,
      inputs: [context.tensor(0)],
      ...window,
      from,
      to: { channels: from.channels, rows, columns },
      countsPadding,
    },
    [1, from.channels, rows, columns],
  );
}

/** Whether each window has a row, or column, of the image. */
function meetsAlways(window: Window, axis: 0 | 1, count: number, size: number): boolean {
  const { kernel, strides, dilations, pads } = window;
  const taps = Array.from({ length: kernel[axis] }, (_, i) => i * dilations[axis] - pads[axis]);
  return Array.from({ length: count }, (_, i) => i * strides[axis]).every((start) =>
    taps.some((tap) => start + tap >= 0 && start + tap < size),
  );
}

export function globalAveragePool(context: NodeContext): void {
  const from = planesOf(context, context.input(0));
  const whole: Window = {
    kernel: [from.rows, from.columns],
    strides: [1, 1],
    dilations: [1, 1],
    pads: [0, 0, 0, 0],
  };
  context.emit(
    {
      kind: "average",
      inputs: [context.tensor(0)],
      ...whole,
      from,
      to: { channels: from.channels, rows: 1, columns: 1 },
      countsPadding: false,
    },
    [1, from.channels, 1, 1],
  );
}
