/** The definition of a metric, apart from the place where it is counted. */
export interface Descriptor<
  Kind extends "counter" | "gauge" | "histogram" = "counter" | "gauge" | "histogram",
  Label extends string = string,
> {
  kind: Kind;
  /** `assay_area_thing_unit`; `_total` on counters and nowhere else. */
  name: string;
  help: string;
  labels: readonly Label[];
  /** Upper bounds of a histogram. */
  buckets?: readonly number[];
}

export function counter<const Label extends string = never>(
  name: `${string}_total`,
  help: string,
  labels: readonly Label[] = [],
): Descriptor<"counter", Label> {
  return { kind: "counter", name, help, labels };
}

export function gauge<const Label extends string = never>(
  name: string,
  help: string,
  labels: readonly Label[] = [],
): Descriptor<"gauge", Label> {
  return { kind: "gauge", name, help, labels };
}

export function histogram(
  name: `${string}_seconds` | `${string}_bytes`,
  help: string,
  buckets: readonly number[],
): Descriptor<"histogram", never> {
  return { kind: "histogram", name, help, labels: [], buckets };
}
