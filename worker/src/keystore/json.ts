/** A JSON object with names in small letters: early writers of keystores spelled some with capitals. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const json = lowerCased(JSON.parse(text.replace(/^\uFEFF/, "")), 0);
    return isObject(json) ? json : {};
  } catch {
    return undefined;
  }
}

/** Deeper than a keystore goes; a file made to be deep does not exhaust the stack. */
const DEEPEST = 8;

function lowerCased(value: unknown, depth: number): unknown {
  if (!isObject(value) || depth > DEEPEST) return value;
  const entries = Object.entries(value).map(
    ([name, inner]) => [name.toLowerCase(), lowerCased(inner, depth + 1)] as const,
  );
  // What is spelled as the definition has it goes before what is not.
  const own = Object.entries(value).map(
    ([name, inner]) => [name, lowerCased(inner, depth + 1)] as const,
  );
  const spelled = own.filter(([name]) => name === name.toLowerCase());
  return Object.assign(Object.create(null), Object.fromEntries([...entries, ...spelled]));
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A number from 0 on, or its digits. */
export function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) && Number(number) >= 0 ? Number(number) : undefined;
}

export function hexBytes(value: unknown): Buffer | undefined {
  if (typeof value !== "string" || !/^(0x)?([\da-fA-F]{2})*$/.test(value)) return undefined;
  return Buffer.from(value.replace(/^0x/, ""), "hex");
}

/** For messages, of a value that may be anything. */
export function shown(value: unknown): string {
  return isObject(value) || Array.isArray(value) ? "no single value" : String(value).slice(0, 40);
}
