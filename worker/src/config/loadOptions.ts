import type { Definitions, ParsedOptions } from "./definition.ts";
import { environmentLayer } from "./environment.ts";
import { fileLayer } from "./file.ts";
import { readFlags } from "./flags.ts";
import { nodeOptions } from "./nodeOptions.ts";
import { type Layer, type Resolved, resolveOptions } from "./resolve.ts";

/** A command's effective options: flag before environment before file before default. */
export interface LoadedOptions<D extends Definitions> {
  values: ParsedOptions<D>;
  /** Each with where it comes from, fit to be shown. */
  resolved: Resolved[];
}

/**
 * Reads the options of a command. Where it has `--config`, the whole file is checked, whatever the command uses of it.
 *
 * @throws UsageError, {@link ConfigError}: one line that names the option and what to do.
 */
export function loadOptions<const D extends Definitions>(
  definitions: D,
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
): LoadedOptions<D> {
  const layers: Layer[] = [
    readFlags(definitions, argv),
    environmentLayer(definitions, environment),
  ];
  const path = layers.map(({ texts }) => texts.get("config")?.[0]).find(Boolean);
  if (path !== undefined) layers.push(fileLayer(nodeOptions, path));
  return resolveOptions(definitions, layers);
}
