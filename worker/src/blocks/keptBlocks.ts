import { opendir, readFile, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { FsBlockstore } from "blockstore-fs";
import { NextToLast } from "blockstore-fs/sharding";
import { base32upper } from "multiformats/bases/base32";
import { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
import * as Digest from "multiformats/hashes/digest";
import { type BlockIndex, type BlockSize, openBlockIndex } from "./blockIndex.ts";
import { DiskFullError } from "./errors.ts";
import { jobAtHand } from "./keptFor.ts";

const places = new NextToLast();
/** Of the files that hold a block; before it stands its multihash in base32. */
const ENDING = ".data";
/** Blocks looked up, and deleted, in one go. */
const EVICTED_AT_ONCE = 256;
/** A block that was used so lately may be about to be used again, in milliseconds. */
const IDLE_MS = 60_000;
/** Once over its quota, the store is emptied down to this share of it. */
const TRIMMED_TO = 0.9;
/** Share of the quota by which what is in progress may exceed it: results are to be submitted all the same. */
const OVERDRAFT = 0.1;
/** With less than this left on the file system nothing new is begun, quota or not, in bytes. */
const LEAST_FREE_BYTES = 256 << 20;

export interface DiskUsage {
  /** Bytes of all blocks. */
  usedBytes: number;
  quotaBytes: number | undefined;
  /** Bytes that the file system has left. */
  freeBytes: number;
  /** Nothing new should be begun. */
  isFull: boolean;
}

export interface Evicted {
  blocks: number;
  bytes: number;
}

export interface KeptBlocksOptions {
  /** Most bytes that the blocks may take. Default: no limit. */
  quotaBytes?: number | undefined;
  /** Milliseconds since 1970. */
  now?: (() => number) | undefined;
}

/**
 * Blocks in a folder, within a quota: those of jobs in progress are kept, of the others the longest unused go. What is read or
 * stored on behalf of a job (see `keepingFor`) is kept for it.
 */
export class KeptBlocks extends FsBlockstore {
  readonly #index: BlockIndex;
  readonly #quotaBytes: number | undefined;
  /** Size of the block that there was no room for. */
  #refusedBytes = 0;

  private constructor(path: string, index: BlockIndex, quotaBytes: number | undefined) {
    super(path);
    this.#index = index;
    this.#quotaBytes = quotaBytes;
  }

  /** Opens the folder `blocks` below `dataDir` and its index. */
  static async open(dataDir: string, { quotaBytes, now }: KeptBlocksOptions): Promise<KeptBlocks> {
    const index = openBlockIndex(join(dataDir, "blocks.sqlite"), now);
    const store = new KeptBlocks(join(dataDir, "blocks"), index, quotaBytes);
    await store.open();
    if (index.isNew) index.adopt(await store.#blocksOnDisk());
    return store;
  }

  /** @throws {@link DiskFullError} when quota or file system have no room for it. */
  override async put(...[cid, value, options]: Parameters<FsBlockstore["put"]>): Promise<CID> {
    const bytes = await collect(value);
    const key = cid.multihash.bytes;
    const limit = (this.#quotaBytes ?? Infinity) * (1 + OVERDRAFT);
    if (this.#index.usedBytes + bytes.length > limit && !(await this.has(cid))) {
      await this.trim(bytes.length);
      if (this.#index.usedBytes + bytes.length > limit) throw this.#refusal(bytes.length);
    }
    this.#index.add({ key, bytes: bytes.length }, jobAtHand());
    try {
      return await super.put(cid, bytes, options);
    } catch (cause) {
      if (!(await this.has(cid))) this.#index.remove(key);
      if (/ENOSPC|EDQUOT/.test(String(cause))) {
        throw this.#refusal(bytes.length, cause);
      }
      throw cause;
    }
  }

  override async *get(...[cid, options]: Parameters<FsBlockstore["get"]>) {
    this.#index.touch(cid.multihash.bytes, jobAtHand());
    const { dir, file } = places.encode(cid);
    // What `blockstore-fs` opens for a read that is aborted meanwhile, it never closes.
    const bytes = await readFile(join(this.path, dir, file)).catch(() => undefined);
    options?.signal?.throwIfAborted();
    // It knows how to say what is the matter.
    if (bytes === undefined) yield* super.get(cid, options);
    else yield bytes;
  }

  override async delete(...[cid, options]: Parameters<FsBlockstore["delete"]>): Promise<void> {
    await super.delete(cid, options);
    this.#index.remove(cid.multihash.bytes);
  }

  override async close(): Promise<void> {
    this.#index.close();
  }

  /** Keeps the block, which somebody else has just stored, for the job at hand. */
  keep(cid: CID): void {
    this.#index.touch(cid.multihash.bytes, jobAtHand());
  }

  /** Blocks of jobs that are over for `retentionMs` may go from now on. */
  release(jobsInProgress: ReadonlySet<string>, retentionMs: number): void {
    this.#index.release(jobsInProgress, retentionMs);
  }

  /**
   * Deletes what is not needed, the longest unused first, if the blocks take more than their quota.
   * @param forBytes - what there is to be room for besides. Default: the block that was refused last.
   */
  async trim(forBytes = this.#refusedBytes): Promise<Evicted> {
    const evicted: Evicted = { blocks: 0, bytes: 0 };
    const quota = this.#quotaBytes;
    const isOver = (share: number) =>
      this.#index.usedBytes + forBytes > share * (quota ?? Number.POSITIVE_INFINITY);
    if (!isOver(1)) return evicted;
    while (isOver(TRIMMED_TO)) {
      const blocks = this.#index.evictable(EVICTED_AT_ONCE, IDLE_MS);
      if (blocks.length === 0) break;
      for (const { key, bytes } of blocks) {
        if (!isOver(TRIMMED_TO)) break;
        await this.delete(CID.createV1(raw.code, Digest.decode(key)));
        evicted.blocks++;
        evicted.bytes += bytes;
      }
    }
    return evicted;
  }

  /** Whether a block was refused, or the quota is used up: what {@link usage} says, without asking the file system. */
  get isShort(): boolean {
    return this.#refusedBytes > 0 || this.#index.usedBytes > (this.#quotaBytes ?? Infinity);
  }

  /** How things stand; a refusal counts until there is room for what was refused. */
  async usage(): Promise<DiskUsage> {
    const { bavail, bsize } = await statfs(this.path);
    const { usedBytes } = this.#index;
    const freeBytes = bavail * bsize;
    const quotaBytes = this.#quotaBytes;
    const hasRoom =
      freeBytes >= LEAST_FREE_BYTES &&
      usedBytes + this.#refusedBytes <= (quotaBytes ?? Number.POSITIVE_INFINITY);
    if (hasRoom) this.#refusedBytes = 0;
    return { usedBytes, quotaBytes, freeBytes, isFull: !hasRoom };
  }

  #refusal(bytes: number, cause?: unknown): DiskFullError {
    this.#refusedBytes = bytes;
    return new DiskFullError(this.path, { cause });
  }

  async #blocksOnDisk(): Promise<BlockSize[]> {
    const found: BlockSize[] = [];
    for await (const entry of await opendir(this.path, { recursive: true })) {
      if (!entry.isFile() || !entry.name.endsWith(ENDING)) continue;
      const file = join(entry.parentPath, entry.name);
      const { size } = await stat(file);
      const key = base32upper.decode(entry.name.slice(0, -ENDING.length));
      found.push({ key, bytes: size });
    }
    return found;
  }
}

async function collect(
  value: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<Uint8Array> {
  if (value instanceof Uint8Array) return value;
  const parts: Uint8Array[] = [];
  for await (const part of value) parts.push(part);
  return Buffer.concat(parts);
}
