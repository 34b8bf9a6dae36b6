import { type NodeContext, refuse } from "./nodeContext.ts";

/** The axis that a node names, counted from the front. Negative ones count from behind; `rank` itself is allowed where `end` says so. */
export function axisAttribute(
  context: NodeContext,
  rank: number,
  otherwise: number,
  { end = false }: { end?: boolean } = {},
): number {
  return axisOf(context, context.attributes.int("axis", otherwise), rank, end);
}

export function axisOf(context: NodeContext, axis: number, rank: number, end = false): number {
  const found = axis < 0 ? axis + rank : axis;
  if (Number.isSafeInteger(axis) && found >= 0 && found < rank + (end ? 1 : 0)) return found;
  return refuse(context, `has axis ${axis} of ${rank} dimensions: export the model again.`);
}
