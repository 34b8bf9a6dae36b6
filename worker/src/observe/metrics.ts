import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Descriptor } from "./descriptors.ts";
import { metricTree } from "./metricTree.ts";

type Metric<D> =
  D extends Descriptor<"counter", infer Label>
    ? Counter<Label>
    : D extends Descriptor<"gauge", infer Label>
      ? Gauge<Label>
      : D extends Descriptor<"histogram", infer Label>
        ? Histogram<Label>
        : never;

type Tree = typeof metricTree;

/** The tree with something that counts in every place. */
export type Metrics = {
  [Area in keyof Tree]: { [Thing in keyof Tree[Area]]: Metric<Tree[Area][Thing]> };
};

/** Makes the metrics of {@link metricTree} in a registry of one's own. */
export function createMetrics(registry: Registry): Metrics {
  const areas = Object.entries(metricTree).map(([area, things]) => [
    area,
    Object.fromEntries(
      Object.entries(things as Record<string, Descriptor>).map(([thing, descriptor]) => [
        thing,
        create(descriptor, registry),
      ]),
    ),
  ]);
  return Object.fromEntries(areas) as Metrics;
}

function create({ kind, name, help, labels, buckets = [] }: Descriptor, registry: Registry) {
  const common = { name, help, labelNames: labels, registers: [registry] };
  switch (kind) {
    case "counter":
      return new Counter(common);
    case "gauge":
      return new Gauge(common);
    case "histogram":
      return new Histogram({ ...common, buckets: [...buckets] });
  }
}
