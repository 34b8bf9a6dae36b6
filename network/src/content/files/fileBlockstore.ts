import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FsBlockstore } from "blockstore-fs";
import { NextToLast } from "blockstore-fs/sharding";
import type { CID } from "multiformats/cid";

/**
 * Up to here, in bytes, a file is written at once: it takes the disk's cache some 30 µs, and each of the four steps through the thread pool
 * as long again.
 */
const AT_ONCE_BYTES = 16_384;

const places = new NextToLast();
/** Of this process: files of others have other names. */
const own = `${process.pid}-${Date.now().toString(36)}`;
let written = 0;

/**
 * Blocks in a folder, a file each, laid out as `blockstore-fs` does. A block is written beside its place and put there whole, under a name
 * that no other writer has: several processes may share the folder, and what ends in the middle of a block leaves none there.
 */
export class FileBlockstore extends FsBlockstore {
  /** The file of a block. */
  fileOf(cid: CID): string {
    const { dir, file } = places.encode(cid);
    return join(this.path, dir, file);
  }

  override async put(
    cid: CID,
    value: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  ): Promise<CID> {
    if (!(value instanceof Uint8Array)) return super.put(cid, value);
    const file = this.fileOf(cid);
    const unfinished = `${file}.${own}-${written++}`;
    if (value.length <= AT_ONCE_BYTES) writeAtOnce(file, unfinished, value);
    else await write(file, unfinished, value);
    return cid;
  }

  override async *get(cid: CID): AsyncGenerator<Uint8Array> {
    const bytes = await readFile(this.fileOf(cid)).catch(() => undefined);
    // It knows how to say what is the matter.
    if (bytes === undefined) yield* super.get(cid);
    else yield bytes;
  }

  override async has(cid: CID): Promise<boolean> {
    return existsSync(this.fileOf(cid));
  }
}

function writeAtOnce(file: string, unfinished: string, bytes: Uint8Array): void {
  const handle = openMaking(unfinished);
  try {
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
    } finally {
      closeSync(handle);
    }
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

function openMaking(path: string): number {
  try {
    return openSync(path, "wx");
  } catch (error) {
    if (!isMissing(error)) throw error;
    makeShard(dirname(path));
    return openSync(path, "wx");
  }
}

async function write(file: string, unfinished: string, bytes: Uint8Array): Promise<void> {
  makeShard(dirname(file));
  try {
    const handle = await open(unfinished, "wx");
    try {
      await handle.writeFile(bytes);
    } finally {
      await handle.close();
    }
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** One of the folder's own folders. Another process may be making it, too. */
function makeShard(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
