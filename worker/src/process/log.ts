import { styleText } from "node:util";

export type LogLevel = "debug" | "info" | "warn" | "error";

export type Log = (level: LogLevel, message: string, fields?: object) => void;

/** From the least important on. */
const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

const COLOURS = { debug: "gray", info: "cyan", warn: "yellow", error: "red" } as const;

export interface LogOptions {
  /** `auto`: pretty on a terminal, else JSON. Default: `auto`. */
  format?: "auto" | "pretty" | "json";
  /** Least important level that is written. Default: `info`. */
  level?: LogLevel;
}

/**
 * One line an event: `{"time","level","msg",…fields}` as JSON, or for people. Messages are constant; what differs stands in the
 * fields. Amounts of money are bigints and become decimal strings.
 */
export function createLog(
  stream: NodeJS.WritableStream & { isTTY?: boolean },
  { format = "auto", level: least = "info" }: LogOptions = {},
): Log {
  const json = format === "auto" ? stream.isTTY !== true : format === "json";
  const from = LEVELS.indexOf(least);
  return (level, msg, fields = {}) => {
    if (LEVELS.indexOf(level) < from) return;
    const time = new Date().toISOString();
    // No colours where there is no terminal, or NO_COLOR is set.
    const shown = () => styleText(COLOURS[level], level.toUpperCase().padEnd(5), { stream });
    stream.write(
      `${json ? toJson({ time, level, msg, ...fields }) : forPeople(time, shown(), msg, fields)}\n`,
    );
  };
}

export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) => (typeof v === "bigint" ? String(v) : v));
}

function forPeople(time: string, level: string, msg: string, fields: object): string {
  const pairs = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : toJson(value)}`);
  return [time.slice(11, 19), level, msg, ...pairs].join(" ");
}

/** Rows of two columns, the first as wide as its longest. */
export function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`).join("\n");
}
