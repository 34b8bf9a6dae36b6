import * as library from "@ipld/dag-cbor";

/** Raised for what is left to the library. */
const NOT_PLAIN = Symbol("not plain");

/** Text up to this length is read letter by letter: a call costs more. */
const SHORT_TEXT = 24;
const MOST_HIGH = Number.MAX_SAFE_INTEGER / 2 ** 32;

let buffer: Buffer = Buffer.alloc(0);
let at = 0;

/** Decodes dag-cbor: plain data here, anything else, and what is wrong, by the library. */
export function decode<T>(bytes: Uint8Array): T {
  const outer = { buffer, at };
  buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  at = 0;
  try {
    const value = read();
    if (at !== buffer.length) throw NOT_PLAIN;
    return value as T;
  } catch (error) {
    if (error !== NOT_PLAIN && !(error instanceof RangeError)) throw error;
    return library.decode<T>(bytes);
  } finally {
    ({ buffer, at } = outer);
  }
}

function read(): unknown {
  const first = next();
  const minor = first & 31;
  switch (first >>> 5) {
    case 0:
      return count(minor);
    case 1:
      return negative(count(minor));
    case 2: {
      const length = count(minor);
      check(length);
      const bytes = new Uint8Array(length);
      bytes.set(buffer.subarray(at, at + length));
      at += length;
      return bytes;
    }
    case 3:
      return text(count(minor));
    case 4:
      return list(count(minor));
    case 5:
      return map(count(minor));
    case 7:
      return simple(first);
    default:
      throw NOT_PLAIN;
  }
}

function next(): number {
  const byte = buffer[at++];
  if (byte === undefined) throw NOT_PLAIN;
  return byte;
}

/** Whether there are so many bytes. */
function check(length: number): void {
  if (at + length > buffer.length) throw NOT_PLAIN;
}

/** A number in as many bytes as it takes, and no more. */
function count(minor: number): number {
  if (minor < 24) return minor;
  if (minor === 24) return least(next(), 24);
  const length = minor === 25 ? 2 : minor === 26 ? 4 : minor === 27 ? 8 : Number.POSITIVE_INFINITY;
  check(length);
  const start = at;
  at += length;
  if (length === 2) return least(buffer.readUInt16BE(start), 0x100);
  if (length === 4) return least(buffer.readUInt32BE(start), 0x10000);
  const high = buffer.readUInt32BE(start);
  if (high > MOST_HIGH) throw NOT_PLAIN;
  return least(high * 2 ** 32 + buffer.readUInt32BE(start + 4), 2 ** 32);
}

function least(value: number, minimum: number): number {
  if (value < minimum || value > Number.MAX_SAFE_INTEGER) throw NOT_PLAIN;
  return value;
}

function negative(count: number): number {
  if (count === Number.MAX_SAFE_INTEGER) throw NOT_PLAIN;
  return -1 - count;
}

function simple(first: number): unknown {
  if (first === 0xf4 || first === 0xf5) return first === 0xf5;
  if (first === 0xf6) return null;
  if (first !== 0xfb) throw NOT_PLAIN;
  check(8);
  const value = buffer.readDoubleBE(at);
  at += 8;
  if (!Number.isFinite(value)) throw NOT_PLAIN;
  return value;
}

function text(length: number): string {
  check(length);
  const start = at;
  at += length;
  if (length > SHORT_TEXT) return buffer.toString("utf8", start, at);
  for (let i = start; i < at; i++) {
    if ((buffer[i] as number) > 0x7f) return buffer.toString("utf8", start, at);
  }
  return buffer.toString("latin1", start, at);
}

function list(length: number): unknown[] {
  check(length);
  const items: unknown[] = [];
  for (let i = 0; i < length; i++) items.push(read());
  return items;
}

/** Keys have an order; what is in another one is left to the library, as is a key that means something to an object. */
function map(length: number): Record<string, unknown> {
  check(2 * length);
  const entries: Record<string, unknown> = {};
  let before = "";
  for (let i = 0; i < length; i++) {
    const first = next();
    if (first >>> 5 !== 3) throw NOT_PLAIN;
    const key = text(count(first & 31));
    const isBehind = key.length > before.length || (key.length === before.length && key > before);
    if ((i > 0 && !isBehind) || key === "__proto__") throw NOT_PLAIN;
    before = key;
    entries[key] = read();
  }
  return entries;
}
