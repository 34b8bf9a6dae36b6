import { parseArgs } from "node:util";
import { type Definitions, variableOf } from "./definition.ts";
import { nearest } from "./nearest.ts";
import type { Layer } from "./resolve.ts";
import { UsageError } from "./usageError.ts";

/**
 * Options by flags.
 *
 * @throws {@link UsageError} that names the flag and what to do.
 */
export function readFlags(definitions: Definitions, argv: readonly string[]): Layer {
  return {
    kind: "flag",
    texts: readArgv(definitions, argv),
    label: (name) => `--${name}`,
    failure: (message, cause) => new UsageError(message, { cause }),
  };
}

function readArgv(definitions: Definitions, argv: readonly string[]): Map<string, string[]> {
  const isFlag = (name: string) =>
    Object.hasOwn(definitions, name) && definitions[name]?.placeholder === undefined;
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      Object.entries(definitions).map(([name, { placeholder }]) => [
        name,
        { type: placeholder === undefined ? "boolean" : "string" },
      ]),
    ),
    strict: false,
    tokens: true,
  });
  const texts = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === "positional")
      throw new UsageError(`Unexpected "${token.value}": see --help.`);
    if (token.kind === "option-terminator") continue;
    const { name, rawName, value } = token;
    const denied = name.startsWith("no-") ? name.slice("no-".length) : undefined;
    if (isFlag(name) || (denied !== undefined && isFlag(denied))) {
      if (value !== undefined) throw new UsageError(`${rawName} takes no value.`);
      texts.set(isFlag(name) ? name : (denied ?? name), [String(isFlag(name))]);
      continue;
    }
    const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
    if (definition === undefined) throw unknown(rawName, definitions);
    if (value === undefined || (!token.inlineValue && value.startsWith("--"))) {
      throw new UsageError(`${rawName} needs a value: ${rawName} ${definition.placeholder}`);
    }
    const list = texts.get(name) ?? [];
    if (list.length > 0 && !definition.repeated) {
      throw new UsageError(`${rawName} was given twice: give it once.`);
    }
    texts.set(name, [...list, value]);
  }
  return texts;
}

function unknown(rawName: string, definitions: Definitions): UsageError {
  const flags = Object.keys(definitions).map((name) => `--${name}`);
  const meant = nearest(rawName, flags);
  const advice =
    meant === undefined ? "see --help for those that there are" : `did you mean ${meant}?`;
  return new UsageError(`Unknown option ${rawName}: ${advice}${meant === undefined ? "." : ""}`);
}

/** What the help says of one option. */
export interface OptionHelp {
  /** `--rpc <url>` */
  term: string;
  /** With its variable, its key in the configuration file and its default. */
  description: string;
}

/** Of all options but `--help`, in their order. */
export function optionHelp(definitions: Definitions): OptionHelp[] {
  return Object.entries(definitions)
    .filter(([name]) => name !== "help")
    .map(([name, definition]) => {
      const { placeholder, describe, key, defaultsTo, default: fallback, repeated } = definition;
      const shown = placeholder === undefined ? undefined : (defaultsTo ?? fallback);
      const notes = [
        repeated ? "may be repeated" : undefined,
        variableOf(name),
        key,
        shown && `default: ${shown}`,
      ].filter(Boolean);
      return {
        term: `--${name}${placeholder === undefined ? "" : ` ${placeholder}`}`,
        description: `${describe} [${notes.join("; ")}]`,
      };
    });
}
