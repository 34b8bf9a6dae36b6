import type { Pipeline, StepKind } from "../define/step.ts";
import { labelOf } from "./mermaid.ts";

/** Graphviz's shapes by kind of step. */
const SHAPES: Readonly<Record<StepKind, string>> = {
  input: "oval",
  program: "box3d",
  map: "box",
  filter: "diamond",
  flatMap: "trapezium",
  reduce: "invtrapezium",
  join: "hexagon",
  effect: "cds",
};

/** A pipeline as an SVG, laid out by Graphviz, from left to right. */
export async function toSvg({ name, steps }: Pipeline): Promise<string> {
  const { instance } = await import("@viz-js/viz");
  const viz = await instance();
  const types = new Map(steps.map((step) => [step.name, step.gives.name]));
  return viz.renderString(
    {
      name,
      graphAttributes: { rankdir: "LR", bgcolor: "transparent" },
      nodeAttributes: { fontname: "sans-serif", fontsize: 12 },
      edgeAttributes: { fontname: "sans-serif", fontsize: 10 },
      nodes: steps.map((step) => ({
        name: step.name,
        attributes: { label: labelOf(step).join("\n"), shape: SHAPES[step.kind] },
      })),
      edges: steps.flatMap((step) =>
        step.from.map((tail) => ({
          tail,
          head: step.name,
          attributes: { label: types.get(tail) ?? "" },
        })),
      ),
    },
    { format: "svg" },
  );
}
