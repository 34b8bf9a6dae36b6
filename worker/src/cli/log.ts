export type LogLevel = "debug" | "info" | "warn" | "error";

export type Log = (level: LogLevel, message: string, fields?: object) => void;

/**
 * One line an event: `{"time","level","msg",…fields}` as JSON, or for people. Messages are constant; what differs stands in the
 * fields. Amounts of money are bigints and become decimal strings.
 */
export function createLog(stream: NodeJS.WritableStream, { json }: { json: boolean }): Log {
  return (level, msg, fields = {}) => {
    const time = new Date().toISOString();
    stream.write(
      `${json ? toJson({ time, level, msg, ...fields }) : forPeople(time, level, msg, fields)}\n`,
    );
  };
}

export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) => (typeof v === "bigint" ? String(v) : v));
}

function forPeople(time: string, level: LogLevel, msg: string, fields: object): string {
  const pairs = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : toJson(value)}`);
  return [time.slice(11, 19), level.toUpperCase().padEnd(5), msg, ...pairs].join(" ");
}
