// A training's state as text that gives back every bit: JSON, in which what JSON has no form for is an object of one key.

const BITS = "$f64";
const MAP = "$map";
const NUMBER = "$number";

/** @param value - objects, arrays, strings, numbers, booleans, maps and Float64Arrays; a field that is undefined is left out. */
export function encode(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (part instanceof Float64Array) {
      return {
        [BITS]: Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString("base64"),
      };
    }
    if (part instanceof Map) return { [MAP]: [...part] };
    const hasForm = typeof part !== "number" || (Number.isFinite(part) && !Object.is(part, -0));
    return hasForm ? part : { [NUMBER]: Object.is(part, -0) ? "-0" : String(part) };
  });
}

/** @throws SyntaxError, TypeError or RangeError for text that {@link encode} did not write. */
export function decode(text: string): unknown {
  return JSON.parse(text, (_, part: unknown) => {
    if (typeof part !== "object" || part === null) return part;
    if (BITS in part) {
      // A copy: the buffer of a short text is a piece of a shared one, and not aligned.
      return new Float64Array(Uint8Array.from(Buffer.from(String(part[BITS]), "base64")).buffer);
    }
    if (MAP in part) return new Map(part[MAP] as [unknown, unknown][]);
    return NUMBER in part ? Number(part[NUMBER]) : part;
  });
}
