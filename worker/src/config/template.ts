import type { AnyDefinition, Definitions } from "./definition.ts";
import { readFlags } from "./flags.ts";

const HEAD = `# Configuration of an Assay node. A flag goes before its environment variable, that before this file.
# Lines that begin with # say what there is, and its default: take the # away from a key and from its section to change it.
# Secrets have no place here: name their files. \`assay config check --config <this file>\` finds what is wrong.
`;

/**
 * A configuration file with every key that there is, explained and commented out but for those that flags give.
 * @param definitions - their order is the file's.
 *
 * @throws UsageError when a flag is unknown or has no value.
 */
export function configTemplate(definitions: Definitions, argv: readonly string[]): string {
  const { texts } = readFlags(definitions, argv);
  const sections = new Map<string, { lines: string[]; isGiven: boolean }>();
  for (const [name, definition] of Object.entries(definitions)) {
    const [section, key] = definition.key?.split(".") ?? [];
    if (section === undefined || key === undefined) continue;
    const given = texts.get(name);
    const { lines, isGiven } = sections.get(section) ?? { lines: [], isGiven: false };
    const value = given === undefined ? defaultOf(definition) : writtenOf(definition, given);
    const keyLine = `${given === undefined ? "#" : ""}  ${key}: ${value}`;
    sections.set(section, {
      lines: [...lines, `  # ${definition.describe} (--${name})`, keyLine],
      isGiven: isGiven || given !== undefined,
    });
  }
  const text = [...sections].map(([section, { lines, isGiven }]) =>
    [`${isGiven ? "" : "#"}${section}:`, ...lines].join("\n"),
  );
  return `${HEAD}\n${text.join("\n\n")}\n`;
}

/** The default, or what a value looks like. */
function defaultOf({ default: fallback, defaultsTo, placeholder, repeated }: AnyDefinition) {
  const text = fallback ?? placeholder ?? "";
  const shown = repeated ? `[${text}]` : text;
  return defaultsTo === undefined ? shown : `${shown} # default: ${defaultsTo}`;
}

/** What is valid JSON is valid YAML, and quoted it is taken as it is. */
function writtenOf({ repeated, hasCommas }: AnyDefinition, texts: readonly string[]): string {
  if (!repeated) return JSON.stringify(texts[0] ?? "");
  const values = hasCommas ? texts : texts.flatMap((text) => text.split(","));
  return `[${values.map((value) => JSON.stringify(value.trim())).join(", ")}]`;
}
