import {
  type Dashboard,
  DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import type { Descriptor } from "../../worker/src/observe/descriptors.ts";
import { metricTree } from "../../worker/src/observe/metricTree.ts";
import { JOB } from "./alerts.ts";
import { increase, rate, series } from "./expressions.ts";

/** Columns of Grafana's grid that a panel takes, of 24, and its height in rows. */
const WIDE = 8;
const NARROW = 4;
const HIGH = 7;
const LOW = 4;
const WEI = "1e18";
const SOURCE = { type: "prometheus", uid: "$datasource" };
/** Grafana puts the time between two looks in its place. */
const STEP = "$__rate_interval";
const NODE = { job: JOB, instance: /$instance/ };

interface Query {
  expression: string;
  /** What stands beside the line. */
  legend: string;
}

interface Panel {
  title: string;
  help: string;
  unit: string;
  queries: readonly Query[];
}

function query({ expression, legend }: Query): DataqueryBuilder {
  return new DataqueryBuilder().expr(expression).legendFormat(legend);
}

function lines({ title, help, unit, queries }: Panel): TimeseriesBuilder {
  const panel = new TimeseriesBuilder().title(title).description(help).unit(unit);
  for (const one of queries) panel.withTarget(query(one));
  return panel.datasource(SOURCE).min(0).span(WIDE).height(HIGH);
}

function number({ title, help, unit, queries }: Panel): StatBuilder {
  const panel = new StatBuilder().title(title).description(help).unit(unit);
  for (const one of queries) panel.withTarget(query(one));
  return panel.datasource(SOURCE).span(NARROW).height(LOW);
}

/** What a metric's name says of its unit, as Grafana calls it, and what makes its numbers that unit. */
function unitOf({ name, kind }: Descriptor): { unit: string; divisor?: string; word?: string } {
  if (/_wei(_total)?$/.test(name)) return { unit: "short", divisor: WEI, word: "ether" };
  if (/_seconds(_total)?$/.test(name)) return { unit: kind === "counter" ? "percentunit" : "s" };
  if (/_bytes(_total)?$/.test(name)) return { unit: kind === "counter" ? "Bps" : "bytes" };
  return { unit: "short" };
}

/** What is drawn of any metric: of counters their growth, of times how long ago they are, of histograms a median and a tail. */
function panelOf(descriptor: Descriptor): Panel {
  const { name, kind, help, labels } = descriptor;
  const { unit, divisor, word } = unitOf(descriptor);
  const legend =
    labels.length === 0 ? "{{instance}}" : labels.map((label) => `{{${label}}}`).join(" ");
  const title = name
    .replace(/^assay_/, "")
    .replace(/_(total|wei|bytes|seconds)\b/g, "")
    .replaceAll("_", " ");
  const scaled = (expression: string) =>
    divisor === undefined ? expression : `${expression} / ${divisor}`;
  const common = { title: word === undefined ? title : `${title} (${word})`, help, unit };
  switch (kind) {
    case "counter": {
      const counter = descriptor as Descriptor<"counter", string>;
      const isAmount = unit === "short";
      const grown = isAmount ? increase(counter, "1h", NODE) : rate(counter, STEP, NODE);
      const span = isAmount ? ", within an hour" : "";
      return {
        ...common,
        title: `${common.title}${span}`,
        queries: [{ expression: scaled(grown), legend }],
      };
    }
    case "histogram": {
      const at = (share: number) => ({
        expression: `histogram_quantile(${share}, sum by (le) (rate(${name}_bucket{job="${JOB}", instance=~"$instance"}[${STEP}])))`,
        legend: `${100 * share} %`,
      });
      return { ...common, queries: [at(0.5), at(0.99)] };
    }
    case "gauge": {
      const value = series(descriptor, NODE);
      const isTime = name.endsWith("_timestamp_seconds");
      return {
        ...common,
        title: isTime ? `time since ${title.replace(" timestamp", "")}` : common.title,
        queries: [{ expression: isTime ? `time() - ${value}` : scaled(value), legend }],
      };
    }
  }
}

function dashboard(uid: string, title: string, help: string): DashboardBuilder {
  return new DashboardBuilder(title)
    .uid(uid)
    .description(help)
    .tags(["assay"])
    .timezone("browser")
    .time({ from: "now-6h", to: "now" })
    .refresh("30s")
    .withVariable(new DatasourceVariableBuilder("datasource").label("Source").type("prometheus"));
}

/** Grafana tells panels apart by their numbers. */
function numbered(built: Dashboard): Dashboard {
  return { ...built, panels: (built.panels ?? []).map((panel, i) => ({ ...panel, id: i + 1 })) };
}

/** One node, or some of them: how it stands, and every metric that there is. */
export function nodeDashboard(): Dashboard {
  const { node, chain, account, batches, tasks, disputes } = metricTree;
  const built = dashboard(
    "assay-node",
    "Assay node",
    "Every metric of a node; docs/METRICS.md explains them.",
  ).withVariable(
    new QueryVariableBuilder("instance")
      .label("Node")
      .datasource(SOURCE)
      .query(`label_values(${series(node.info, { job: JOB })}, instance)`)
      .refresh(VariableRefresh.OnTimeRangeChanged)
      .sort(VariableSort.AlphabeticalAsc)
      .multi(true)
      .includeAll(true),
  );
  const now = (title: string, expression: string, unit = "short", help = title): StatBuilder =>
    number({ title, help, unit, queries: [{ expression, legend: "{{instance}}" }] });
  built
    .withRow(new RowBuilder("Now"))
    .withPanel(now("Ready", series(node.ready, NODE), "short", node.ready.help))
    .withPanel(now("Age of the head", `time() - ${series(chain.headTimestamp, NODE)}`, "s"))
    .withPanel(now("Balance (ether)", `${series(account.balance, NODE)} / ${WEI}`))
    .withPanel(
      now("Earned within a day (ether)", `${increase(account.earned, "1d", NODE)} / ${WEI}`),
    )
    .withPanel(
      now(
        "Batches under way",
        `sum by (instance) (${series(batches.known, { ...NODE, state: /claimed|computed|stored/ })})`,
      ),
    )
    .withPanel(now("Least time on a clock", series(disputes.clock, NODE), "s", disputes.clock.help))
    .withPanel(now("Tasks computed within an hour", increase(tasks.computed, "1h", NODE)))
    .withPanel(
      now(
        "Checks that fail",
        `count by (instance) (${series(node.check, NODE)} == 0) or 0 * ${series(node.ready, NODE)}`,
      ),
    );
  for (const [area, things] of Object.entries(metricTree)) {
    built.withRow(new RowBuilder(area.slice(0, 1).toUpperCase() + area.slice(1)));
    for (const thing of Object.values<Descriptor>(things)) built.withPanel(lines(panelOf(thing)));
  }
  return numbered(built.build());
}

/** All nodes beside each other. */
export function fleetDashboard(): Dashboard {
  const { node, chain, account, batches, tasks, jobs, p2p, disk, process } = metricTree;
  const all = { job: JOB };
  const sum = (title: string, expression: string, unit = "short", help = title) =>
    number({ title, help, unit, queries: [{ expression, legend: "" }] });
  const each = (
    title: string,
    expression: string,
    { unit = "short", by = "{{instance}}", help = title } = {},
  ) => lines({ title, help, unit, queries: [{ expression, legend: by }] });
  const built = dashboard("assay-fleet", "Assay fleet", "All nodes that one Prometheus reads.")
    .withRow(new RowBuilder("Now"))
    .withPanel(sum("Nodes", `count(up{job="${JOB}"})`))
    .withPanel(sum("Ready", `sum(${series(node.ready, all)})`))
    .withPanel(sum("Draining", `sum(${series(node.draining, all)})`))
    .withPanel(sum("Tasks a second", `sum(${rate(tasks.computed, STEP, all)})`))
    .withPanel(
      sum("Earned within a day (ether)", `sum(${increase(account.earned, "1d", all)}) / ${WEI}`),
    )
    .withPanel(sum("Gas within a day (ether)", `sum(${increase(chain.fees, "1d", all)}) / ${WEI}`))
    .withRow(new RowBuilder("Work"))
    .withPanel(each("Tasks a second", rate(tasks.computed, STEP, all)))
    .withPanel(
      each("Batches by state", `sum by (state) (${series(batches.known, all)})`, {
        by: "{{state}}",
      }),
    )
    .withPanel(each("Batches lost within an hour", increase(batches.lost, "1h", all)))
    .withPanel(
      each("Jobs by state", `max by (state) (${series(jobs.known, all)})`, { by: "{{state}}" }),
    )
    .withPanel(
      each("Jobs refused within a day", `sum by (reason) (${increase(jobs.refused, "1d", all)})`, {
        by: "{{reason}}",
      }),
    )
    .withPanel(
      each("Claims that others made first, within an hour", increase(batches.taken, "1h", all)),
    )
    .withRow(new RowBuilder("Money"))
    .withPanel(each("Balance (ether)", `${series(account.balance, all)} / ${WEI}`))
    .withPanel(
      each(
        "Share of the stake that is locked",
        `${series(account.locked, all)} / ${series(account.stake, all)}`,
        { unit: "percentunit" },
      ),
    )
    .withPanel(
      each(
        "Earned less gas within a day (ether)",
        `(${increase(account.earned, "1d", all)} - sum without (action) (${increase(chain.fees, "1d", all)})) / ${WEI}`,
      ),
    )
    .withRow(new RowBuilder("Health"))
    .withPanel(
      each("Checks that fail", `${series(node.check, all)} == 0`, { by: "{{instance}} {{check}}" }),
    )
    .withPanel(
      each("Nothing has moved for", series(node.stalled, all), {
        unit: "s",
        by: "{{instance}} {{area}}",
      }),
    )
    .withPanel(
      each("Age of the head", `time() - ${series(chain.headTimestamp, all)}`, { unit: "s" }),
    )
    .withPanel(each("Connections", series(p2p.connections, all)))
    .withPanel(
      each("Disk taken of its quota", `${series(disk.blocks, all)} / ${series(disk.quota, all)}`, {
        unit: "percentunit",
      }),
    )
    .withPanel(each("Memory", series(process.memory, all), { unit: "bytes" }));
  return numbered(built.build());
}
