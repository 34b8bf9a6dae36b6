import type { Descriptor } from "../../worker/src/observe/descriptors.ts";

type Kind = Descriptor["kind"];

/** What a label has to be: that text, or a match of that expression. */
export type Matchers<Label extends string> = Partial<Record<Label, string | RegExp>>;

/** The labels that Prometheus adds to whatever it reads of a node. */
export type TargetLabel = "job" | "instance";

/** The series of a metric in PromQL. A label that the metric does not have does not type-check. */
export function series<Label extends string>(
  { name }: Descriptor<Kind, Label>,
  matchers: Matchers<NoInfer<Label> | TargetLabel> = {},
): string {
  const all = Object.entries<string | RegExp | undefined>(matchers).map(([label, value]) =>
    value instanceof RegExp ? `${label}=~"${value.source}"` : `${label}="${value}"`,
  );
  return all.length === 0 ? name : `${name}{${all.join(", ")}}`;
}

/** How much a counter grew in a time, such as `1h`. */
export function increase<Label extends string>(
  counter: Descriptor<"counter", Label>,
  time: string,
  matchers: Matchers<NoInfer<Label> | TargetLabel> = {},
): string {
  return `increase(${series(counter, matchers)}[${time}])`;
}

/** How fast a counter grows, each second. */
export function rate<Label extends string>(
  counter: Descriptor<"counter", Label>,
  time: string,
  matchers: Matchers<NoInfer<Label> | TargetLabel> = {},
): string {
  return `rate(${series(counter, matchers)}[${time}])`;
}
