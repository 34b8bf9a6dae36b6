import { parseArgs } from "node:util";
import { AssayError } from "@assay/sdk";
import { parseEther } from "viem";

/** A command line that cannot be followed. The message is one line that says what to type instead. */
export class UsageError extends AssayError {
  readonly code = "USAGE";
  readonly retryable = false;
}

/**
 * A flag by its name without `--`. `example` is a value that error messages show; `alone` the value that the flag has when none is given,
 * if it may stand alone.
 */
export type Flags = Readonly<
  Record<
    string,
    { type: "boolean"; short?: string } | { type: "string"; example: string; alone?: string }
  >
>;

/** The values given: `true` for a flag that takes none. A flag that was not given is missing. */
export type FlagValues<F extends Flags> = {
  [Name in keyof F]?: F[Name]["type"] extends "boolean" ? boolean : string;
};

/**
 * Reads a command line of flags alone: `--name value`, `--name=value` or `--name`.
 * @param argv - the arguments, without `node` and the script.
 * @throws {@link UsageError} for an unknown flag, a missing or superfluous value, a flag given twice, and anything that is not a flag.
 */
export function readFlags<F extends Flags>(argv: readonly string[], flags: F): FlagValues<F> {
  const { tokens, values } = parseArgs({
    args: joinNegativeNumbers(giveValues(argv, flags)),
    options: flags,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      throw new UsageError(`"${token.value}" is not a flag: --help lists what there is.`);
    }
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined;
    if (flag === undefined) {
      throw new UsageError(`There is no flag ${token.rawName}: --help lists what there is.`);
    }
    if (seen.has(token.name)) {
      throw new UsageError(`--${token.name} is given twice: leave one out.`);
    }
    seen.add(token.name);
    if (flag.type === "boolean") {
      if (token.value === undefined) continue;
      throw new UsageError(`--${token.name} takes no value: write it alone.`);
    }
    if (token.value === undefined || token.value === "" || token.value.startsWith("--")) {
      throw new UsageError(`--${token.name} needs a value: write --${token.name} ${flag.example}.`);
    }
  }
  return values as FlagValues<F>;
}

/** Gives the flags that stand alone the value that they have then. */
function giveValues(argv: readonly string[], flags: Flags): string[] {
  return argv.map((argument, index) => {
    const name = argument.slice(2);
    const flag = argument.startsWith("--") && Object.hasOwn(flags, name) ? flags[name] : undefined;
    const alone = flag?.type === "string" ? flag.alone : undefined;
    const isAlone = argv[index + 1]?.startsWith("-") ?? true;
    return alone !== undefined && isAlone ? `${argument}=${alone}` : argument;
  });
}

/** `--offset -1000` means `--offset=-1000`; the parser would take the number for a flag. */
function joinNegativeNumbers(argv: readonly string[]): string[] {
  const joined: string[] = [];
  for (const argument of argv) {
    const flag = joined.at(-1);
    if (/^-[\d.]/.test(argument) && flag !== undefined && /^--[^=]+$/.test(flag)) {
      joined[joined.length - 1] = `${flag}=${argument}`;
    } else joined.push(argument);
  }
  return joined;
}

/**
 * The number in a flag's text, in decimal notation.
 * @param range - the number is at least `minimum`, or greater than `above`; it is at most `maximum`.
 * @throws {@link UsageError} for other text, and for a number out of range.
 */
export function parseNumber(
  flag: string,
  text: string,
  {
    minimum = Number.NEGATIVE_INFINITY,
    above = Number.NEGATIVE_INFINITY,
    maximum,
  }: { minimum?: number; above?: number; maximum: number },
): number {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (value >= minimum && value > above && value <= maximum) return value;
  const range = Number.isFinite(minimum)
    ? `from ${minimum} to ${maximum}`
    : `above ${above} and at most ${maximum}`;
  throw new UsageError(`--${flag} ${text} is out of range: give a number ${range}.`);
}

/**
 * The integer in a flag's text, from `minimum` to `maximum`.
 * @throws {@link UsageError} for other text, and for a number out of range.
 */
export function parseInteger(flag: string, text: string, minimum: number, maximum: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= minimum && value <= maximum) return value;
  throw new UsageError(
    `--${flag} ${text} is out of range: give an integer from ${minimum} to ${maximum}.`,
  );
}

/** In ether. */
const MAX_AMOUNT = "1000000";

/**
 * The amount of ether in a flag's text, above 0 and at most a million.
 * @returns wei.
 * @throws {@link UsageError} for other text, and for an amount out of range.
 */
export function parseAmount(flag: string, text: string): bigint {
  const wei = /^\d{1,7}(\.\d{1,18})?$/.test(text) ? parseEther(text) : 0n;
  if (wei > 0n && wei <= parseEther(MAX_AMOUNT)) return wei;
  throw new UsageError(
    `--${flag} ${text} is out of range: give an amount of ether above 0 and at most ${MAX_AMOUNT}, for example 0.001.`,
  );
}
