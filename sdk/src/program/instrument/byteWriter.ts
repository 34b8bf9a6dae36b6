/** Bytes that grow at their end. */
export interface ByteWriter {
  readonly length: number;
  byte(value: number): void;
  bytes(values: Uint8Array | readonly number[]): void;
  /** A copy of `source` from `start` to `end`. */
  copy(source: Uint8Array, start: number, end: number): void;
  /** An unsigned number below 2³² in as few bytes of LEB128 as it takes. */
  u32(value: number): void;
  /** A signed number of at most 53 bits in as few bytes of LEB128 as it takes. */
  signed(value: number): void;
  /** A view that the next write may leave behind. */
  view(): Uint8Array;
  clear(): void;
}

export function byteWriter(initialBytes = 256): ByteWriter {
  let buffer = new Uint8Array(initialBytes);
  let length = 0;

  function reserve(byteLength: number): number {
    const from = length;
    length += byteLength;
    if (length > buffer.length) {
      const larger = new Uint8Array(Math.max(length, 2 * buffer.length));
      larger.set(buffer.subarray(0, from));
      buffer = larger;
    }
    return from;
  }

  const writer: ByteWriter = {
    get length() {
      return length;
    },
    byte(value) {
      const at = reserve(1);
      buffer[at] = value;
    },
    bytes(values) {
      const at = reserve(values.length);
      buffer.set(values, at);
    },
    copy(source, start, end) {
      writer.bytes(source.subarray(start, end));
    },
    u32(value) {
      let left = value;
      while (left >= 0x80) {
        writer.byte((left % 0x80) | 0x80);
        left = Math.floor(left / 0x80);
      }
      writer.byte(left);
    },
    signed(value) {
      let left = value;
      while (left < -0x40 || left >= 0x40) {
        const low = ((left % 0x80) + 0x80) % 0x80;
        writer.byte(low | 0x80);
        left = (left - low) / 0x80;
      }
      writer.byte(left & 0x7f);
    },
    view: () => buffer.subarray(0, length),
    clear() {
      length = 0;
    },
  };
  return writer;
}

/** A list of 32-bit numbers that grows at its end: as small as hostile modules need it. */
export interface Int32List {
  readonly length: number;
  at(index: number): number;
  set(index: number, value: number): void;
  push(value: number): void;
  truncate(length: number): void;
}

export function int32List(): Int32List {
  let values = new Int32Array(64);
  let length = 0;
  return {
    get length() {
      return length;
    },
    at: (index) => values[index] as number,
    set(index, value) {
      values[index] = value;
    },
    push(value) {
      if (length === values.length) {
        const larger = new Int32Array(2 * length);
        larger.set(values);
        values = larger;
      }
      values[length] = value;
      length += 1;
    },
    truncate(newLength) {
      length = newLength;
    },
  };
}
