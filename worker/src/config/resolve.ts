import type { AssayError } from "@assay/sdk";
import {
  type AnyDefinition,
  camelCase,
  type Definitions,
  type ParsedOptions,
} from "./definition.ts";

/** The source of a value; the first one in this list wins. */
export type SourceKind = "flag" | "environment" | "file" | "default";

/** Values of one source, as texts. */
export interface Layer {
  kind: SourceKind;
  /** By option name. */
  texts: ReadonlyMap<string, readonly string[]>;
  /** How the source names an option: `--stake`, `ASSAY_STAKE`, `assay.yaml: policy.stake`. */
  label: (name: string) => string;
  failure: (message: string, cause: unknown) => AssayError;
}

/** The effective value of one option. */
export interface Resolved {
  name: string;
  kind: SourceKind;
  /** As typed, and redacted; none where there is neither a value nor a default. */
  texts: string[];
  /** How the source names it; a default has none. */
  label?: string;
}

/**
 * Resolves the value of every option: from the first layer that has one, else its default.
 *
 * @throws the layer's error for a bad value: it names the option and what to do.
 */
export function resolveOptions<const D extends Definitions>(
  definitions: D,
  layers: readonly Layer[],
): { values: ParsedOptions<D>; resolved: Resolved[] } {
  const values: Record<string, unknown> = {};
  const resolved: Resolved[] = [];
  for (const [name, definition] of Object.entries(definitions)) {
    const layer = layers.find(({ texts }) => texts.has(name));
    const fallback = definition.default === undefined ? [] : [definition.default];
    const texts = split(definition, layer?.texts.get(name) ?? fallback);
    const parsed = parseAll(name, definition, texts, layer);
    values[camelCase(name)] = definition.repeated ? parsed : parsed.at(-1);
    const { redact = (text: string) => text } = definition;
    resolved.push({
      name,
      kind: layer?.kind ?? "default",
      texts: texts.map(redact),
      ...(layer === undefined ? {} : { label: layer.label(name) }),
    });
  }
  return { values: values as ParsedOptions<D>, resolved };
}

function split({ repeated, hasCommas }: AnyDefinition, texts: readonly string[]): string[] {
  if (!repeated || hasCommas) return [...texts];
  return texts.flatMap((text) => text.split(",").map((part) => part.trim()));
}

function parseAll(
  name: string,
  { parse, checkAll, redact = (text: string) => text }: AnyDefinition,
  texts: string[],
  layer: Layer | undefined,
): unknown[] {
  const attempt = <T>(shown: string, action: () => T): T => {
    try {
      return action();
    } catch (cause) {
      if (layer === undefined) throw cause;
      throw layer.failure(`${layer.label(name)} ${shown}: ${(cause as Error).message}`, cause);
    }
  };
  const parsed = texts.map((text) => attempt(redact(text), () => parse(text)));
  attempt(texts.map(redact).join(","), () => checkAll?.(parsed));
  return parsed;
}
