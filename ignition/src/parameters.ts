import { readFile } from "node:fs/promises";

/** Constructor arguments by module and name. */
export type Parameters = Record<string, Record<string, string | number | bigint>>;

/** As in the files: JSON has no integers of this size, so `"1000n"` stands for one. */
const BIGINT = /^\d+n$/;

/**
 * Those of a chain.
 * @param name - of a file in `parameters/`, without its ending.
 */
export async function readParameters(name: string): Promise<Parameters> {
  const file = new URL(`../parameters/${name}.json`, import.meta.url);
  return parseParameters(await readFile(file, "utf8"));
}

/** Those in a text of that form. */
export function parseParameters(text: string): Parameters {
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === "string" && BIGINT.test(value) ? BigInt(value.slice(0, -1)) : value,
  );
}
