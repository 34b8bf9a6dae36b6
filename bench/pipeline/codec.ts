/** A task of 1 MB with 10,000 fields, as dag-cbor and as JSON, in turns. */
import { value } from "@assay/pipelines";

const FIELDS = 10_000;
const ROUNDS = 25;

/** What a field of a task is: bytes (a digest, a key, a piece of a tile), text, numbers, or each of them in turn. */
const bytes = (i: number) => new Uint8Array(86).fill(i);
const text = (i: number) => `${"some words of a field ".repeat(4)}${i}`;
const numbers = (i: number) => Array.from({ length: 10 }, (_, j) => i * 1.37 + j);
const KINDS = {
  ...{ bytes, text, numbers },
  mixed: (i: number) => [bytes, text, numbers][i % 3]?.(i),
} as const;

type Task = Record<string, unknown>;

const writer = new TextEncoder();
const reader = new TextDecoder();

/** JSON has no bytes: they are base64, told apart from text by what they begin with. */
function jsonOf(hasBytes: boolean) {
  const mark = "base64,";
  const out = (_: string, one: unknown) =>
    one instanceof Uint8Array ? mark + Buffer.from(one).toString("base64") : one;
  const back = (_: string, one: unknown) =>
    typeof one === "string" && one.startsWith(mark)
      ? new Uint8Array(Buffer.from(one.slice(mark.length), "base64"))
      : one;
  return {
    encode: (task: Task) => writer.encode(JSON.stringify(task, hasBytes ? out : undefined)),
    decode: (json: Uint8Array) =>
      JSON.parse(reader.decode(json), hasBytes ? back : undefined) as Task,
  };
}

const median = (times: number[]) =>
  times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;

/** Milliseconds to encode a task and decode it again, of both. */
export function codec(kind: keyof typeof KINDS) {
  const task = Object.fromEntries(
    Array.from({ length: FIELDS }, (_, i) => [`field${i}`, KINDS[kind](i)]),
  );
  const sides = { dagCbor: value<Task>(), json: jsonOf(kind === "bytes" || kind === "mixed") };
  const times = { dagCbor: [] as number[], json: [] as number[] };
  const lengths = { dagCbor: 0, json: 0 };
  for (let round = -3; round < ROUNDS; round++) {
    for (const side of ["dagCbor", "json"] as const) {
      const startedAt = performance.now();
      const encoded = sides[side].encode(task);
      const decoded = sides[side].decode(encoded);
      if (round >= 0) times[side].push(performance.now() - startedAt);
      if (Object.keys(decoded).length !== FIELDS) throw new Error("fields were lost");
      lengths[side] = encoded.length;
    }
  }
  return { dagCborMs: median(times.dagCbor), jsonMs: median(times.json), bytes: lengths };
}
