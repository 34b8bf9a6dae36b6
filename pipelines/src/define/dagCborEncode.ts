import * as library from "@ipld/dag-cbor";

// dag-cbor for values of plain data, at the speed of JSON: the library takes two to five times as long for text and numbers. It has the last word: whatever is not plain is its own
// to encode, to decode or to refuse, and the fuzzer holds both to the same bytes.

/** Raised for what is left to the library. */
const NOT_PLAIN = Symbol("not plain");

const FIRST_BYTES = 1 << 12;
/** Text up to this length is copied letter by letter: a call costs more. */
const SHORT_TEXT = 24;

let buffer = Buffer.allocUnsafe(FIRST_BYTES);
let at = 0;
let isBusy = false;

/** Encodes a value in the one form that dag-cbor has for it. Throws what the library throws for what has none. */
export function encode(value: unknown): Uint8Array {
  if (isBusy) return library.encode(value as never); // a getter of the value encodes another
  isBusy = true;
  at = 0;
  try {
    write(value);
    const bytes = new Uint8Array(at);
    bytes.set(buffer.subarray(0, at));
    return bytes;
  } catch (error) {
    if (error !== NOT_PLAIN && !(error instanceof RangeError)) throw error;
    return library.encode(value as never);
  } finally {
    isBusy = false;
    if (buffer.length > 16 << 20) buffer = Buffer.allocUnsafe(FIRST_BYTES);
  }
}

function room(bytes: number): void {
  if (at + bytes <= buffer.length) return;
  const larger = Buffer.allocUnsafe(2 * (at + bytes));
  buffer.copy(larger, 0, 0, at);
  buffer = larger;
}

function write(value: unknown): void {
  switch (typeof value) {
    case "string":
      writeText(value);
      return;
    case "number":
      writeNumber(value);
      return;
    case "boolean":
      room(1);
      buffer[at++] = value ? 0xf5 : 0xf4;
      return;
    case "object":
      writeObject(value);
      return;
    default:
      throw NOT_PLAIN;
  }
}

function writeObject(value: object | null): void {
  if (value === null) {
    room(1);
    buffer[at++] = 0xf6;
  } else if (Array.isArray(value)) {
    writeHead(0x80, value.length);
    for (let i = 0; i < value.length; i++) write(value[i]);
  } else if (value instanceof Uint8Array) {
    writeHead(0x40, value.length);
    room(value.length);
    buffer.set(value, at);
    at += value.length;
  } else {
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) throw NOT_PLAIN;
    writeMap(value as Record<string, unknown>);
  }
}

function writeMap(value: Record<string, unknown>): void {
  const keys = Object.keys(value);
  if (!areSorted(keys)) keys.sort(compareKeys);
  writeHead(0xa0, keys.length);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    const start = at;
    writeText(key);
    // Others than ASCII have another order.
    if (at - start !== headBytes(key.length) + key.length) throw NOT_PLAIN;
    write(value[key]);
  }
}

/** Shorter keys come first; of equal length, by their bytes. Keys that are not ASCII are left to the library. */
function compareKeys(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}

function areSorted(keys: readonly string[]): boolean {
  for (let i = 1; i < keys.length; i++) {
    if (compareKeys(keys[i - 1] as string, keys[i] as string) > 0) return false;
  }
  return true;
}

function writeHead(major: number, count: number): void {
  room(9);
  if (count < 24) buffer[at++] = major | count;
  else if (count < 0x100) {
    buffer[at++] = major | 24;
    buffer[at++] = count;
  } else if (count < 0x10000) {
    buffer[at++] = major | 25;
    at = buffer.writeUInt16BE(count, at);
  } else if (count < 0x1_0000_0000) {
    buffer[at++] = major | 26;
    at = buffer.writeUInt32BE(count, at);
  } else {
    buffer[at++] = major | 27;
    at = buffer.writeUInt32BE(Math.floor(count / 0x1_0000_0000), at);
    at = buffer.writeUInt32BE(count % 0x1_0000_0000, at);
  }
}

function headBytes(count: number): number {
  return count < 24 ? 1 : count < 0x100 ? 2 : count < 0x10000 ? 3 : count < 0x1_0000_0000 ? 5 : 9;
}

function writeNumber(value: number): void {
  if (Number.isSafeInteger(value)) {
    if (value >= 0) writeHead(0x00, value);
    else writeHead(0x20, -1 - value);
  } else if (Number.isFinite(value) && !Number.isInteger(value)) {
    room(9);
    buffer[at++] = 0xfb;
    at = buffer.writeDoubleBE(value, at);
  } else throw NOT_PLAIN;
}

function writeText(text: string): void {
  const { length } = text;
  room(9 + 3 * length);
  if (length <= SHORT_TEXT && writeLetters(text)) return;
  // ASCII most of the time: then its place is right, and it need not be measured first.
  const guess = at + headBytes(length);
  const bytes = buffer.write(text, guess);
  writeHead(0x60, bytes);
  if (at !== guess) buffer.copyWithin(at, guess, guess + bytes);
  at += bytes;
}

/** @returns `false`, and nothing is written, when there are others than ASCII's. */
function writeLetters(text: string): boolean {
  const start = at;
  writeHead(0x60, text.length);
  for (let i = 0; i < text.length; i++) {
    const letter = text.charCodeAt(i);
    if (letter > 0x7f) {
      at = start;
      return false;
    }
    buffer[at++] = letter;
  }
  return true;
}
