import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { freePort } from "../../test/fixtures/freePort.ts";
import { type MetricsServer, startMetricsServer } from "../../worker/src/observe/metricsServer.ts";
import { metricTree } from "../../worker/src/observe/metricTree.ts";
import { alertCases, DAILY_MINUTES, DAY } from "./alertCases.ts";
import { alerts, JOB, ruleName } from "./alerts.ts";
import { nodeDashboard } from "./dashboards.ts";
import { expressionsOf, layoutFaults, panelsOf, unknownNames } from "./faults.ts";
import { dashboardFile, dashboards, rulesFile, withAlertTable } from "./files.ts";

const docs = new URL("../../docs/", import.meta.url);
const committed = (path: string) => readFile(new URL(path, docs), "utf8");
const rulesPath = fileURLToPath(new URL("monitoring/alerts.yaml", docs));

const isInstalled = (program: string) => spawnSync(program, ["--version"]).status === 0;
/** On Debian: `apt-get install prometheus`. */
const hasPrometheus = isInstalled("prometheus") && isInstalled("promtool");
const allExpressions = [
  ...alerts.map(({ expression }) => expression),
  ...Object.values(dashboards()).flatMap((one) => panelsOf(one).flatMap(expressionsOf)),
];

describe("what is committed is what generate.ts writes", () => {
  test("the rules", async () => {
    expect(await committed("monitoring/alerts.yaml")).toBe(rulesFile());
  });

  test("the dashboards", async () => {
    const names = await readdir(new URL("monitoring/dashboards/", docs));
    expect(names.sort()).toEqual(Object.keys(dashboards()).sort());
    for (const [name, dashboard] of Object.entries(dashboards())) {
      expect(await committed(`monitoring/dashboards/${name}`)).toBe(dashboardFile(dashboard));
    }
  });

  test("the table of alerts in docs/operating.md", async () => {
    const page = await committed("operating.md");
    expect(withAlertTable(page)).toBe(page);
  });
});

describe("expressions", () => {
  test("name metrics and labels that nodes have", () => {
    expect(allExpressions.length).toBeGreaterThan(100);
    expect(allExpressions.flatMap(unknownNames)).toEqual([]);
  });

  test.each([
    ["assay_node_readiness == 0", ["assay_node_readiness"]],
    ['rate(assay_chain_gas_total{method="claim"}[1h])', ["assay_chain_gas_total{method}"]],
    ["sum by (state) (assay_node_ready)", ["state"]],
    ["histogram_quantile(0.5, sum by (le) (rate(assay_jobs_trial_seconds_bucket[5m])))", []],
  ])("and it is noticed where %s does not", (expression, unknown) => {
    expect(unknownNames(expression)).toEqual(unknown);
  });
});

describe("dashboards", () => {
  test.each(Object.entries(dashboards()))("%s can be drawn", (_, dashboard) => {
    expect(layoutFaults(dashboard)).toEqual([]);
    expect(dashboard.schemaVersion).toBeGreaterThan(30);
  });

  test("every metric of a node has a panel", () => {
    const drawn = panelsOf(nodeDashboard()).flatMap(expressionsOf).join("\n");
    const names = Object.values(metricTree).flatMap((area) =>
      Object.values(area).map(({ name }) => name),
    );
    expect(names.filter((name) => !new RegExp(`\\b${name}(_bucket)?\\b`).test(drawn))).toEqual([]);
  });
});

test("every alert has a case in which it comes, and one in which it does not", () => {
  expect(Object.keys(alertCases).sort()).toEqual(alerts.map(({ name }) => name).sort());
});

const NODE = { instance: "node:9464", job: JOB };

/** A series with the node's labels, as promtool reads it. */
function ofNode(series: string): string {
  const labels = Object.entries(NODE)
    .map(([name, value]) => `${name}="${value}"`)
    .join(", ");
  return series.endsWith("}") ? series.replace("{", `{${labels}, `) : `${series}{${labels}}`;
}

/** Those of minutes and hours, or those of days. */
function ruleTests(isDaily: boolean): unknown[] {
  const rules: { alert: string; labels: object; annotations: Record<string, string> }[] = parse(
    rulesFile(),
  ).groups[0].rules;
  const chosen = alerts.filter(({ name }) => (alertCases[name]?.at ?? 0) > DAY === isDaily);
  return chosen.flatMap((alert) => {
    const rule = rules.find((one) => one.alert === ruleName(alert));
    const one = alertCases[alert.name];
    if (rule === undefined || one === undefined)
      throw new Error(`${alert.name} has no rule or case`);
    const annotations = {
      ...rule.annotations,
      summary: rule.annotations.summary?.replace("{{ $labels.instance }}", NODE.instance),
    };
    const expected = {
      exp_labels: { ...NODE, ...one.labels, ...rule.labels },
      exp_annotations: annotations,
    };
    return [one.fires, one.quiet].map((input, i) => ({
      interval: isDaily ? `${DAILY_MINUTES}m` : "1m",
      input_series: Object.entries(input).map(([series, values]) => ({
        series: ofNode(series),
        values,
      })),
      alert_rule_test: [
        { eval_time: `${one.at}m`, alertname: rule.alert, exp_alerts: i === 0 ? [expected] : [] },
      ],
    }));
  });
}

describe.runIf(hasPrometheus)("in Prometheus, as it is installed here", () => {
  let folder: string;
  let node: MetricsServer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "assay-monitoring-"));
    node = await startMetricsServer(
      { host: "127.0.0.1", port: 0 },
      { readStatus: async () => undefined, version: "1.2.3" },
    );
  });
  afterAll(async () => {
    await node.close();
    await rm(folder, { recursive: true });
  });

  test("the rules are accepted, and each alert comes when it should and not before", async () => {
    const check = spawnSync("promtool", ["check", "rules", rulesPath], { encoding: "utf8" });
    expect(check.stdout + check.stderr).toContain(`SUCCESS: ${alerts.length} rules found`);
    for (const isDaily of [false, true]) {
      const file = join(folder, `${isDaily ? "days" : "hours"}.test.yaml`);
      const every = isDaily ? `${DAILY_MINUTES}m` : "1m";
      const tests = ruleTests(isDaily);
      const content = { rule_files: [rulesPath], evaluation_interval: every, tests };
      await writeFile(file, stringify(content));
      const tested = spawnSync("promtool", ["test", "rules", file], { encoding: "utf8" });
      expect(`${tested.stdout}${tested.stderr}`).not.toContain("FAILED");
      expect(tested.status).toBe(0);
    }
  });

  test("the configuration that docs/containers.md shows is one", async () => {
    const [, shown = ""] =
      /```yaml\n(rule_files:[^`]*)```/.exec(await committed("containers.md")) ?? [];
    const file = join(folder, "shown.yaml");
    await writeFile(file, shown.replace("alerts.yaml", rulesPath));
    const checked = spawnSync("promtool", ["check", "config", file], { encoding: "utf8" });
    expect([checked.status, checked.stderr]).toEqual([0, ""]);
    expect(shown).toContain(`job_name: ${JOB}\n`);
  });

  test("a server reads a node, loads the rules, and answers every expression", async () => {
    const port = await freePort();
    const config = join(folder, "prometheus.yaml");
    const target = new URL(node.url).host;
    await writeFile(
      config,
      stringify({
        global: { scrape_interval: "1s", evaluation_interval: "1s" },
        rule_files: [rulesPath],
        scrape_configs: [{ job_name: JOB, static_configs: [{ targets: [target] }] }],
      }),
    );
    const url = `http://127.0.0.1:${port}`;
    const server = spawn(
      "prometheus",
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: "ignore" },
    );
    try {
      await expect.poll(() => latest(url, `assay_node_ready{job="${JOB}"}`)).toBe(0);
      expect(await latest(url, `up{job="${JOB}"}`)).toBe(1);
      await expect
        .poll(async () => await healthOfRules(url))
        .toEqual(alerts.map((alert) => [ruleName(alert), "ok"]));
      for (const expression of allExpressions) {
        const asked = expression.replaceAll("$instance", ".*").replaceAll("$__rate_interval", "4s");
        expect(await ask(url, `query?query=${encodeURIComponent(asked)}`), asked).toMatchObject({
          status: "success",
        });
      }
    } finally {
      const gone = once(server, "exit");
      server.kill();
      await gone;
    }
  });
});

interface Answer {
  status: string;
  data?: {
    result?: { value: [number, string] }[];
    groups?: { rules: { name: string; health: string }[] }[];
  };
}

async function ask(url: string, path: string): Promise<Answer | undefined> {
  const answer = await fetch(`${url}/api/v1/${path}`).catch(() => undefined);
  return (await answer?.json()) as Answer | undefined;
}

async function latest(url: string, expression: string): Promise<number | undefined> {
  const answer = await ask(url, `query?query=${encodeURIComponent(expression)}`);
  const [first] = answer?.data?.result ?? [];
  return first === undefined ? undefined : Number(first.value[1]);
}

async function healthOfRules(url: string): Promise<[string, string][]> {
  const answer = await ask(url, "rules");
  return (answer?.data?.groups ?? []).flatMap(({ rules }) =>
    rules.map(({ name, health }): [string, string] => [name, health]),
  );
}
