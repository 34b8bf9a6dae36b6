import { InvalidProgramError } from "../errors/program.ts";

/** Reads the binary format of WebAssembly from front to back. Nothing is ever read beyond `end`. */
export interface BinaryReader {
  readonly offset: number;
  readonly atEnd: boolean;
  byte(): number;
  /** The next byte, which is left where it is. */
  peek(): number;
  /** An unsigned LEB128 number of at most 32 bits. */
  u32(): number;
  /** A signed LEB128 number of at most 64 bits. */
  s64(): bigint;
  /** Skips a LEB128 number of at most `maxBytes` bytes. */
  skipLeb(maxBytes: number): void;
  skip(byteLength: number): void;
  /** The next bytes, as a view. */
  bytes(byteLength: number): Uint8Array;
  /** The next bytes as a reader of their own; this one goes on behind them. */
  slice(byteLength: number): BinaryReader;
  /** A length and that many bytes of UTF-8. */
  name(): string;
}

export function binaryReader(bytes: Uint8Array, start = 0, end = bytes.length): BinaryReader {
  let offset = start;

  function take(byteLength: number): number {
    const from = offset;
    if (byteLength > end - from) throw malformed("it ends in the middle of something");
    offset += byteLength;
    return from;
  }

  const reader: BinaryReader = {
    get offset() {
      return offset;
    },
    get atEnd() {
      return offset === end;
    },
    byte: () => bytes[take(1)] as number,
    peek() {
      const value = bytes[take(1)] as number;
      offset -= 1;
      return value;
    },
    u32() {
      let value = 0;
      for (let shift = 0; shift < 35; shift += 7) {
        const byte = reader.byte();
        // The fifth byte has room for the upper four of 32 bits.
        if (shift === 28 && byte > 0x0f) break;
        value += (byte & 0x7f) * 2 ** shift;
        if (byte < 0x80) return value;
      }
      throw malformed("a number does not fit 32 bits");
    },
    s64() {
      let value = 0n;
      for (let shift = 0n; shift < 70n; shift += 7n) {
        const byte = reader.byte();
        value |= BigInt(byte & 0x7f) << shift;
        if (byte < 0x80) return BigInt.asIntN(Number(shift) + 7, value);
      }
      throw malformed("a number does not fit 64 bits");
    },
    skipLeb(maxBytes) {
      for (let i = 0; i < maxBytes; i++) if (reader.byte() < 0x80) return;
      throw malformed("a number is too long");
    },
    skip(byteLength) {
      take(byteLength);
    },
    bytes(byteLength) {
      const from = take(byteLength);
      return bytes.subarray(from, from + byteLength);
    },
    slice(byteLength) {
      const from = take(byteLength);
      return binaryReader(bytes, from, from + byteLength);
    },
    name() {
      const byteLength = reader.u32();
      const from = take(byteLength);
      // A byte order mark belongs to the name, as the engine sees it.
      return new TextDecoder("utf-8", { ignoreBOM: true }).decode(
        bytes.subarray(from, from + byteLength),
      );
    },
  };
  return reader;
}

export function malformed(details: string, cause?: unknown): InvalidProgramError {
  return new InvalidProgramError(
    "PROGRAM_MALFORMED",
    "it is not a valid WebAssembly module. Compile it with compileProgram, or check your compiler's output.",
    { details, cause },
  );
}
