import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { createRelayerMetrics } from "./metrics.ts";

test("docs/METRICS.md and the code name the same metrics of a relay, with kind and labels", async () => {
  const page = await readFile(new URL("../../../docs/METRICS.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| `(assay_relayer_\w+)` \| (\w+) \| ([^|]*)\|/gm)];
  const written = rows.map(([, name, kind, labels = ""]) => ({
    ...{ name, kind, labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label) },
  }));
  const { registry } = createRelayerMetrics();
  const known = registry.getMetricsAsArray().map((metric) => ({
    name: metric.name,
    kind: String(metric.type),
    // prom-client declares them for what it makes alone.
    labels: (metric as unknown as { labelNames: string[] }).labelNames,
  }));
  const byName = (a: { name?: string | undefined }, b: { name?: string | undefined }) =>
    String(a.name).localeCompare(String(b.name));
  expect(written.sort(byName)).toEqual(known.sort(byName));
});
