/** One option: everything there is to know about it, in one place, whether it is typed, exported or written in a file. */
export interface OptionDefinition<
  Value,
  IsRepeated extends boolean = false,
  HasDefault extends boolean = false,
> {
  /** The placeholder of the value in the help; a flag without a value has none. */
  placeholder?: string;
  describe: string;
  /** Its key in the configuration file, below its section (`policy.stake`); without one it has no place there. */
  key?: string;
  /** A list: may be given several times, and each time with several values between commas. */
  repeated?: IsRepeated;
  /** Of a list: commas are part of a value. */
  hasCommas?: boolean;
  /** The value used if none is given, as it would be typed. */
  default?: HasDefault extends true ? string : undefined;
  /** The help's description of a default that is no constant. */
  defaultsTo?: string;
  /** Throws an Error that says what a good value looks like. */
  parse: (text: string) => Value;
  /** Of a list: throws an Error when its values do not go together. */
  checkAll?: (values: Value[]) => void;
  /** Removes the secret part of a value before it is shown. */
  redact?: (text: string) => string;
}

type Common<Value> = Omit<
  OptionDefinition<Value>,
  "repeated" | "hasCommas" | "default" | "checkAll"
>;

export function option<Value>(
  definition: Common<Value> & { default: string },
): OptionDefinition<Value, false, true>;
export function option<Value>(definition: Common<Value>): OptionDefinition<Value>;
export function option<Value>(definition: OptionDefinition<Value, false, boolean>) {
  return definition;
}

export function listOption<Value>(
  definition: Common<Value> &
    Pick<OptionDefinition<Value>, "checkAll" | "hasCommas"> & { default?: string },
): OptionDefinition<Value, true> {
  const { default: fallback, ...rest } = definition;
  const list: OptionDefinition<Value, true, boolean> = { ...rest, repeated: true };
  return (fallback === undefined ? list : { ...list, default: fallback }) as OptionDefinition<
    Value,
    true
  >;
}

/** An option without a value: there or not. `--no-NAME` takes back what the environment or the file says. */
export function flag(
  describe: string,
  { key }: { key?: string } = {},
): OptionDefinition<boolean, false, true> {
  return {
    describe,
    ...(key === undefined ? {} : { key }),
    default: "false",
    parse(text) {
      if (text !== "true" && text !== "false") throw new Error("give true or false");
      return text === "true";
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: any kind of value, as long as parser and reader agree on it
export type AnyDefinition = OptionDefinition<any, boolean, boolean>;
export type Definitions = Record<string, AnyDefinition>;

type ValueOf<Definition> =
  Definition extends OptionDefinition<infer Value, infer IsRepeated, infer HasDefault>
    ? IsRepeated extends true
      ? Value[]
      : HasDefault extends true
        ? Value
        : Value | undefined
    : never;

/** `data-dir` is `dataDir`. */
type CamelCase<Text> = Text extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Text;

export type ParsedOptions<D extends Definitions> = {
  [Name in keyof D as CamelCase<Name>]: ValueOf<D[Name]>;
};

export function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** `data-dir` is `ASSAY_DATA_DIR`. */
export function variableOf(name: string): string {
  return `ASSAY_${name.toUpperCase().replaceAll("-", "_")}`;
}
