import type { Dashboard, Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Descriptor } from "../../worker/src/observe/descriptors.ts";
import { metricTree } from "../../worker/src/observe/metricTree.ts";

/** Labels that every series has: Prometheus adds them, or a rule of its own does (`le` of a histogram). */
const COMMON = ["job", "instance", "le"];
const KNOWN = new Map(
  Object.values(metricTree)
    .flatMap((area) => Object.values<Descriptor>(area))
    .map(({ name, labels }) => [name, labels as readonly string[]]),
);

/** What an expression in PromQL names that no node has: metrics, and labels of metrics. */
export function unknownNames(expression: string): string[] {
  const names = [...expression.matchAll(/\b(assay_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, name = "", matchers = ""]) => ({
      name: name.replace(/_(bucket|sum|count)$/, ""),
      matchers,
    }),
  );
  const unknown = names.flatMap(({ name, matchers }) => {
    const labels = KNOWN.get(name);
    if (labels === undefined) return [name];
    const used = [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(
      ([, label = ""]) => label,
    );
    return used
      .filter((label) => ![...labels, ...COMMON].includes(label))
      .map((label) => `${name}{${label}}`);
  });
  const all = names.flatMap(({ name }) => KNOWN.get(name) ?? []);
  const grouped = [...expression.matchAll(/\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g)]
    .flatMap(([, list = ""]) => list.split(",").map((label) => label.trim()))
    .filter((label) => ![...all, ...COMMON].includes(label));
  return [...unknown, ...grouped];
}

/** The panels of a dashboard, rows apart. */
export function panelsOf({ panels = [] }: Dashboard): Panel[] {
  return panels.filter((panel): panel is Panel => panel.type !== "row");
}

/** The expressions of a panel. */
export function expressionsOf({ targets = [] }: Panel): string[] {
  return targets.map((target) => (target as { expr?: string }).expr ?? "");
}

/** What keeps Grafana from drawing a dashboard as it is meant: panels that overlap, leave the grid, or ask nothing. */
export function layoutFaults(dashboard: Dashboard): string[] {
  const taken = new Set<string>();
  const ids = new Set<number>();
  return (dashboard.panels ?? []).flatMap((panel) => {
    const faults: string[] = [];
    const { x = 0, y = 0, w = 0, h = 0 } = panel.gridPos ?? {};
    if (w === 0 || h === 0 || x + w > 24) faults.push(`${panel.title} is no part of the grid`);
    for (let row = y; row < y + h; row++) {
      for (let column = x; column < x + w; column++) {
        const place = `${column}/${row}`;
        if (taken.has(place)) faults.push(`${panel.title} overlaps at ${place}`);
        taken.add(place);
      }
    }
    if (panel.id === undefined || ids.has(panel.id))
      faults.push(`${panel.title} has no id of its own`);
    ids.add(panel.id ?? -1);
    if (panel.type === "row") return faults;
    const expressions = expressionsOf(panel as Panel);
    if (expressions.length === 0 || expressions.includes(""))
      faults.push(`${panel.title} asks nothing`);
    return faults;
  });
}
