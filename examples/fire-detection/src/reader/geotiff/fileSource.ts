import { type FileHandle, open } from "node:fs/promises";
import type { AbortOptions } from "@assay/sdk";

interface Slice {
  offset: number;
  length: number;
}

/**
 * A file as the TIFF library reads it. Unlike the library's own source it never invents bytes: what lies behind the file's end is
 * missing rather than zero, and no more memory is taken than the file has bytes, whatever a damaged tag asks for.
 */
export class FileSource {
  readonly #file: FileHandle;
  readonly fileSize: number;

  private constructor(file: FileHandle, fileSize: number) {
    this.#file = file;
    this.fileSize = fileSize;
  }

  static async open(path: string): Promise<FileSource> {
    const file = await open(path);
    try {
      return new FileSource(file, (await file.stat()).size);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Reads a part of the file: fewer bytes if the file ends before. */
  async read(offset: number, length: number, { signal }: AbortOptions = {}): Promise<Uint8Array> {
    signal?.throwIfAborted();
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.fileSize - offset)));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await this.#file.read(
        bytes,
        filled,
        bytes.length - filled,
        offset + filled,
      );
      if (bytesRead === 0) return bytes.subarray(0, filled); // cut while it is read
      filled += bytesRead;
    }
    return bytes;
  }

  /** The library's interface. */
  fetch(slices: Slice[]): Promise<ArrayBuffer[]> {
    return Promise.all(slices.map(async (slice) => (await this.fetchSlice(slice)).data));
  }

  async fetchSlice({ offset, length }: Slice) {
    const bytes = await this.read(offset, length);
    return { offset, length, data: bytes.slice().buffer };
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
