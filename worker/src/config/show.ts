import { type Definitions, variableOf } from "./definition.ts";
import type { Resolved, SourceKind } from "./resolve.ts";

/** One effective option, redacted for display. */
export interface ShownOption {
  key: string;
  /** As it would be typed; a list between commas, and `null` where nothing was given and there is no constant default. */
  value: string | null;
  source: SourceKind;
  /** How the source names it. */
  from: string | null;
  /** The description of the default if `value` is `null`. */
  defaultsTo: string | null;
  flag: string;
  variable: string;
}

/** The options that a configuration file may hold, in the order of the schema. */
export function shownOptions(
  definitions: Definitions,
  resolved: readonly Resolved[],
): ShownOption[] {
  return resolved.flatMap(({ name, kind, texts, label }) => {
    const { key, defaultsTo } = definitions[name] ?? {};
    if (key === undefined) return [];
    return [
      {
        key,
        value: texts.length === 0 ? null : texts.join(","),
        source: kind,
        from: label ?? null,
        defaultsTo: texts.length === 0 ? (defaultsTo ?? null) : null,
        flag: `--${name}`,
        variable: variableOf(name),
      },
    ];
  });
}
