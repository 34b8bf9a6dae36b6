import type { Pipeline, StepDefinition, StepKind } from "../define/step.ts";

/** Mermaid's brackets by kind of step: what goes in and out is round, what decides is a rhombus. */
const SHAPES: Readonly<Record<StepKind, readonly [string, string]>> = {
  input: ["([", "])"],
  program: ["[[", "]]"],
  map: ["[", "]"],
  filter: ["{", "}"],
  flatMap: ["[/", "\\]"],
  reduce: ["[\\", "/]"],
  join: ["{{", "}}"],
  effect: [">", "]"],
};

/** A pipeline as a Mermaid flowchart, the types on its edges. */
export function toMermaid({ steps }: Pipeline): string {
  const types = new Map(steps.map(({ name, gives }) => [name, gives.name]));
  const nodes = steps.map((step) => {
    const [open, close] = SHAPES[step.kind];
    return `  ${idOf(step.name)}${open}"${labelOf(step).join("<br/>")}"${close}`;
  });
  const edges = steps.flatMap(({ name, from }) =>
    from.map((one) => `  ${idOf(one)} -->|"${types.get(one) ?? ""}"| ${idOf(name)}`),
  );
  return ["flowchart LR", ...nodes, ...edges, ""].join("\n");
}

/** Lines that stand in a step's box. */
export function labelOf({ name, kind, runner, per }: StepDefinition): string[] {
  const what = kind === "reduce" ? `${kind} per ${per}` : kind;
  return [name, runner === undefined ? what : `${what} on ${runner}`];
}

/** Mermaid has words of its own, such as `end`. */
function idOf(name: string): string {
  return `step_${name.replaceAll("-", "_")}`;
}
