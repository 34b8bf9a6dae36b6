import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { stringify } from "yaml";
import { type Alert, alerts, ruleName } from "./alerts.ts";
import { fleetDashboard, nodeDashboard } from "./dashboards.ts";

const HEADER =
  "# Made by deploy/monitoring/generate.ts of the nodes' metrics. Change deploy/monitoring/alerts.ts.\n";
const COLUMNS = ["alert", "expression", "for", "what it means, and what to do"];

/** The rules for Prometheus, as YAML. */
export function rulesFile(): string {
  const rules = alerts.map((alert) => ({
    alert: ruleName(alert),
    expr: alert.expression,
    for: alert.for,
    labels: { severity: alert.severity },
    annotations: { summary: `{{ $labels.instance }}: ${alert.name}`, description: plain(alert) },
  }));
  return HEADER + stringify({ groups: [{ name: "assay", rules }] }, { lineWidth: 0 });
}

/** Without links, which lead nowhere outside the page. */
function plain({ advice }: Alert): string {
  return advice.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1 (docs/operating.md)");
}

/** The table of docs/operating.md. */
export function alertTable(): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const rows = alerts.map((alert) => [
    alert.name,
    `\`${cell(alert.expression)}\``,
    alert.for,
    cell(alert.advice),
  ]);
  const lines = [COLUMNS, COLUMNS.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** The page with its table of alerts replaced. */
export function withAlertTable(page: string): string {
  const [first = ""] = alertTable().split("\n");
  const start = page.indexOf(first);
  const end = page.indexOf("\n\n", start);
  if (start < 0 || end < 0)
    throw new Error(`docs/operating.md has no table that begins with ${first}`);
  return page.slice(0, start) + alertTable() + page.slice(end);
}

/** The dashboards by their files' names. */
export function dashboards(): Record<string, Dashboard> {
  return { "node.json": nodeDashboard(), "fleet.json": fleetDashboard() };
}

export function dashboardFile(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}
