/** A task of 1 MB with 10,000 fields, as dag-cbor and as JSON, in turns. */
import { value } from "@assay/pipelines";

const FIELDS = 10_000;
const ROUNDS = 25;

/** What a field of a task is: bytes (a digest, a key, a piece of a tile), text, or numbers. */
const KINDS = {
  bytes: (i: number) => new Uint8Array(86).fill(i),
  text: (i: number) => `${"some words of a field ".repeat(4)}${i}`,
  numbers: (i: number) => Array.from({ length: 10 }, (_, j) => i * 1.37 + j),
} as const;

type Task = Record<string, unknown>;

const writer = new TextEncoder();
const reader = new TextDecoder();

/** JSON has no bytes: they are base64, which is what it is asked for here where there are any. */
function jsonOf(hasBytes: boolean) {
  const out = (_: string, one: unknown) =>
    one instanceof Uint8Array ? Buffer.from(one).toString("base64") : one;
  const back = (_: string, one: unknown) =>
    typeof one === "string" ? new Uint8Array(Buffer.from(one, "base64")) : one;
  return {
    encode: (task: Task) => writer.encode(JSON.stringify(task, hasBytes ? out : undefined)),
    decode: (bytes: Uint8Array) =>
      JSON.parse(reader.decode(bytes), hasBytes ? back : undefined) as Task,
  };
}

const median = (times: number[]) =>
  times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;

/** Milliseconds to encode a task and decode it again, of both. */
export function codec(kind: keyof typeof KINDS) {
  const task = Object.fromEntries(
    Array.from({ length: FIELDS }, (_, i) => [`field${i}`, KINDS[kind](i)]),
  );
  const sides = { dagCbor: value<Task>(), json: jsonOf(kind === "bytes") };
  const times = { dagCbor: [] as number[], json: [] as number[] };
  const bytes = { dagCbor: 0, json: 0 };
  for (let round = -3; round < ROUNDS; round++) {
    for (const side of ["dagCbor", "json"] as const) {
      const startedAt = performance.now();
      const encoded = sides[side].encode(task);
      const decoded = sides[side].decode(encoded);
      if (round >= 0) times[side].push(performance.now() - startedAt);
      if (Object.keys(decoded).length !== FIELDS) throw new Error("fields were lost");
      bytes[side] = encoded.length;
    }
  }
  return { dagCborMs: median(times.dagCbor), jsonMs: median(times.json), bytes };
}
