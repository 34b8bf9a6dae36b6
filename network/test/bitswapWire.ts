import { CID } from "multiformats/cid";

// Bitswap's messages, read and written by hand from https://specs.ipfs.tech/bitswap-protocol/, so that Helia's own idea of them is not asked.

export const BITSWAP = "/ipfs/bitswap/1.2.0";

export interface WireWant {
  cid: CID;
  kind: "block" | "have" | "cancel";
}

const varint = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
const number = (at: number, value: number) =>
  Uint8Array.from([...varint(at << 3), ...varint(value)]);
const field = (at: number, ...parts: Uint8Array[]) => {
  const bytes = Buffer.concat(parts);
  return Buffer.concat([
    Uint8Array.from([...varint((at << 3) | 2), ...varint(bytes.length)]),
    bytes,
  ]);
};
const message = (...parts: Uint8Array[]) => {
  const bytes = Buffer.concat(parts);
  return Buffer.concat([Uint8Array.from(varint(bytes.length)), bytes]);
};

/** `Message { wantlist { entries { block, priority, wantType, sendDontHave } } }`, with its length before it. */
export function encodeWant(cid: CID, kind: "block" | "have"): Uint8Array {
  const type = number(4, kind === "have" ? 1 : 0);
  return message(field(1, field(1, field(1, cid.bytes), number(2, 1), type, number(5, 1))));
}

/** `Message { payload { prefix, data } }`: bytes that claim to be a block of the same kind as `cid`. */
export function encodeBlock(cid: CID, bytes: Uint8Array): Uint8Array {
  const { code, size } = cid.multihash;
  const prefix = [cid.version, cid.code, code, size].flatMap(varint);
  return message(field(3, field(1, Uint8Array.from(prefix)), field(2, bytes)));
}

/** `Message { blockPresences { cid, type } }` */
export function encodePresence(cid: CID, has: boolean): Uint8Array {
  return message(field(4, field(1, cid.bytes), number(2, has ? 0 : 1)));
}

/** The wants in the messages that `bytes` are. */
export function decodeWants(bytes: Uint8Array): WireWant[] {
  const entries = split(bytes)
    .flatMap((one) => fieldsOf(one).filter(({ at }) => at === 1))
    .flatMap(({ bytes: wantlist }) => fieldsOf(wantlist).filter(({ at }) => at === 1));
  return entries.map(({ bytes: entry }) => {
    const fields = fieldsOf(entry);
    const valueAt = (at: number) => fields.find((one) => one.at === at)?.value ?? 0;
    const cid = CID.decode(fields.find(({ at }) => at === 1)?.bytes ?? new Uint8Array());
    if (valueAt(3) === 1) return { cid, kind: "cancel" };
    return { cid, kind: valueAt(4) === 1 ? "have" : "block" };
  });
}

interface Field {
  at: number;
  value: number;
  bytes: Uint8Array;
}

function readVarint(bytes: Uint8Array, from: number): [value: number, end: number] {
  let value = 0;
  for (let i = from, shift = 0; ; i++, shift += 7) {
    const byte = bytes[i];
    if (byte === undefined) throw new RangeError("a varint is cut off");
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return [value, i + 1];
  }
}

function split(bytes: Uint8Array): Uint8Array[] {
  const messages: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [length, start] = readVarint(bytes, at);
    messages.push(bytes.subarray(start, start + length));
    at = start + length;
  }
  return messages;
}

function fieldsOf(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [tag, start] = readVarint(bytes, at);
    const [value, end] = readVarint(bytes, start);
    const isBytes = (tag & 7) === 2;
    const next = isBytes ? end + value : end;
    fields.push({ at: tag >>> 3, value, bytes: bytes.subarray(end, next) });
    at = next;
  }
  return fields;
}
