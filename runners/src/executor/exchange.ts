import { randomUUID } from "node:crypto";
import { closeSync, openSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** More than the inputs that a child is given ahead. */
const EXCHANGE_BYTES = 8 << 20;

/**
 * A file that a node writes large inputs to and its child reads them from, as long as there is room: a megabyte takes a third of
 * the time that it takes through the stream. It has no name, so nobody else finds it and nothing is left of it.
 */
export interface Exchange {
  /** For the child, which may only read. */
  readonly readFd: number;
  /**
   * Writes an input behind those that are not released.
   * @returns where it stands; nothing if there is no room for it.
   */
  put(input: Uint8Array): number | undefined;
  /** The input that was put first has been read. */
  release(): void;
  /** The child has its descriptor. */
  closeReadFd(): void;
  close(): void;
}

/** Nothing if this machine has no place for such a file. */
export function openExchange(): Exchange | undefined {
  const path = join(tmpdir(), `assay-exchange-${randomUUID()}`);
  let writeFd: number;
  try {
    writeFd = openSync(path, "wx", 0o600);
  } catch {
    return undefined;
  }
  let readFd: number;
  try {
    readFd = openSync(path, "r");
  } catch {
    closeSync(writeFd);
    return undefined;
  } finally {
    unlinkSync(path);
  }
  /** The parts in use, the oldest first; what comes after one at the end goes on at the start. */
  const parts: { start: number; end: number }[] = [];

  function placeFor(byteLength: number): number | undefined {
    const oldest = parts[0];
    const newest = parts.at(-1);
    if (oldest === undefined || newest === undefined) {
      return byteLength <= EXCHANGE_BYTES ? 0 : undefined;
    }
    if (newest.start < oldest.start) {
      return newest.end + byteLength <= oldest.start ? newest.end : undefined;
    }
    // The start first: the fewer pages are used, the more of them are in the processor's cache.
    if (byteLength <= oldest.start) return 0;
    return newest.end + byteLength <= EXCHANGE_BYTES ? newest.end : undefined;
  }

  return {
    readFd,
    put(input) {
      const start = placeFor(input.length);
      if (start === undefined) return undefined;
      try {
        for (let done = 0; done < input.length; ) {
          done += writeSync(writeFd, input, done, input.length - done, start + done);
        }
      } catch {
        return undefined; // a full disk: the stream takes it
      }
      parts.push({ start, end: start + input.length });
      return start;
    },
    release() {
      parts.shift();
    },
    closeReadFd: () => closeSync(readFd),
    close: () => closeSync(writeFd),
  };
}
