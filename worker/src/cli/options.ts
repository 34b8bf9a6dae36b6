import { parseArgs } from "node:util";
import { UsageError } from "./errors.ts";

/** One option of a command: everything there is to know about it, in one place. */
export interface OptionDefinition<Value, IsRepeated extends boolean = false> {
  /** What stands for the value in the help; a flag without a value has none. */
  placeholder?: string;
  describe: string;
  /** May be given several times; its values make a list. */
  repeated?: IsRepeated;
  /** Environment variable that gives the value where the flag is missing. */
  environment?: string;
  /** Throws an Error that says what a good value looks like. */
  parse: (text: string) => Value;
  /** Shown in the help. */
  defaultsTo?: string;
}

export function option<Value>(definition: OptionDefinition<Value>): OptionDefinition<Value> {
  return definition;
}

export function repeatedOption<Value>(
  definition: Omit<OptionDefinition<Value, true>, "repeated">,
): OptionDefinition<Value, true> {
  return { ...definition, repeated: true };
}

/** An option without a value: there or not. */
export function flag(describe: string): OptionDefinition<boolean> {
  return { describe, parse: (text) => text === "true", defaultsTo: "false" };
}

// biome-ignore lint/suspicious/noExplicitAny: any kind of value, as long as parser and reader agree on it
type Definitions = Record<string, OptionDefinition<any, boolean>>;

type ValueOf<Definition> =
  Definition extends OptionDefinition<infer Value, infer IsRepeated>
    ? IsRepeated extends true
      ? Value[]
      : Value | undefined
    : never;

/** `--data-dir` is `dataDir`. */
type CamelCase<Text> = Text extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Text;

export type ParsedOptions<D extends Definitions> = {
  [Name in keyof D as CamelCase<Name>]: ValueOf<D[Name]>;
};

/**
 * Reads a command's options: flag before environment.
 *
 * @throws {@link UsageError} that names the option and what to do.
 */
export function parseOptions<const D extends Definitions>(
  definitions: D,
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
): ParsedOptions<D> {
  const texts = readArgv(definitions, argv);
  const values = Object.entries(definitions).map(([name, definition]) => {
    const fallback = definition.environment && environment[definition.environment];
    const given = texts.get(name) ?? (fallback ? [fallback] : []);
    const parsed = given.map((text) => parseValue(name, definition, text));
    return [camelCase(name), definition.repeated ? parsed : parsed.at(-1)];
  });
  return Object.fromEntries(values) as ParsedOptions<D>;
}

function readArgv(definitions: Definitions, argv: readonly string[]): Map<string, string[]> {
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
    const definition = Object.hasOwn(definitions, token.name) ? definitions[token.name] : undefined;
    if (definition === undefined) {
      throw new UsageError(`Unknown option ${token.rawName}: see --help for those that there are.`);
    }
    if (definition.placeholder === undefined) {
      if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value.`);
      texts.set(token.name, ["true"]);
      continue;
    }
    if (token.value === undefined || (!token.inlineValue && token.value.startsWith("--"))) {
      throw new UsageError(
        `${token.rawName} needs a value: ${token.rawName} ${definition.placeholder}`,
      );
    }
    const list = texts.get(token.name) ?? [];
    if (list.length > 0 && !definition.repeated) {
      throw new UsageError(`${token.rawName} was given twice: give it once.`);
    }
    texts.set(token.name, [...list, token.value]);
  }
  return texts;
}

function parseValue<Value>(
  name: string,
  { parse }: OptionDefinition<Value, boolean>,
  text: string,
): Value {
  try {
    return parse(text);
  } catch (cause) {
    throw new UsageError(`--${name} ${text}: ${(cause as Error).message}`, { cause });
  }
}

function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** One line an option, for a command's help. */
export function describeOptions(definitions: Definitions): string {
  const rows = Object.entries(definitions).map(([name, definition]) => {
    const { placeholder, describe, environment, defaultsTo, repeated } = definition;
    const left = `--${name}${placeholder === undefined ? "" : ` ${placeholder}`}`;
    const notes = [
      repeated ? "may be repeated" : undefined,
      environment && `or ${environment}`,
      defaultsTo && placeholder && `default: ${defaultsTo}`,
    ].filter(Boolean);
    return [left, notes.length > 0 ? `${describe} (${notes.join("; ")})` : describe] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}
