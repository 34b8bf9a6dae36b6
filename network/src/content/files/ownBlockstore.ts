import { join } from "node:path";
import { LevelDatastore } from "datastore-level";
import type { CID } from "multiformats/cid";
import { FileBlockstore } from "./fileBlockstore.ts";

/** Up to here, in bytes, a block is kept with others: a million files take a disk many minutes to make, and as long again to delete. */
const TOGETHER_BYTES = 16_384;
const OPTIONS = { createIfMissing: true, compression: false };
const AS_BYTES = { keyEncoding: "view", valueEncoding: "view" } as const;

type Value = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Blocks that are written together. */
interface Group {
  blocks: { type: "put"; key: Uint8Array; value: Uint8Array }[];
  written: Promise<void>;
}

/**
 * The blocks of one peer in a folder that is its alone: small ones in LevelDB, which takes in millions of them at a steady pace and with
 * little memory, the others in files of their own.
 */
export class OwnBlockstore extends FileBlockstore {
  readonly #db: LevelDatastore["db"];
  /** Those that wait until the group before them is written. */
  #next: Group | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(folder: string) {
    super(folder);
    this.#db = new LevelDatastore(join(folder, "small"), OPTIONS).db;
  }

  /** Small blocks are added to a log, whether they are there or not. */
  static takesAgain(bytes: Uint8Array): boolean {
    return bytes.length <= TOGETHER_BYTES;
  }

  override async open(): Promise<void> {
    await super.open();
    await this.#db.open(OPTIONS);
  }

  override async close(): Promise<void> {
    this.#isClosed = true;
    await this.#next?.written.catch(() => {});
    await this.#writing;
    await this.#db.close();
  }

  override put(cid: CID, value: Value): Promise<CID> {
    if (!(value instanceof Uint8Array) || !OwnBlockstore.takesAgain(value)) {
      return super.put(cid, value);
    }
    this.#next ??= this.#newGroup();
    const group = this.#next;
    group.blocks.push({ type: "put", key: keyOf(cid), value });
    return group.written.then(() => cid);
  }

  override async *get(cid: CID): AsyncGenerator<Uint8Array> {
    const bytes = await this.#db.get<Uint8Array, Uint8Array>(keyOf(cid), AS_BYTES);
    if (bytes === undefined) yield* super.get(cid);
    else yield bytes;
  }

  override async has(cid: CID): Promise<boolean> {
    // What is in memory or not there at all, as most are that are asked for, takes no look at the disk.
    const bytes = this.#db.getSync<Uint8Array, Uint8Array>(keyOf(cid), AS_BYTES);
    return bytes !== undefined || super.has(cid);
  }

  override async delete(cid: CID): Promise<void> {
    await this.#db.del<Uint8Array>(keyOf(cid), { keyEncoding: "view" });
    await super.delete(cid);
  }

  #newGroup(): Group {
    const group: Group = { blocks: [], written: Promise.resolve() };
    group.written = this.#writing.then(() => {
      this.#next = undefined;
      return this.#write(group.blocks);
    });
    this.#writing = group.written.catch(() => {});
    return group;
  }

  async #write(blocks: Group["blocks"]): Promise<void> {
    const batch = () => this.#db.batch<Uint8Array, Uint8Array>(blocks, AS_BYTES);
    try {
      await batch();
    } catch (error) {
      if (this.#isClosed) throw error;
      // After one write that failed, as on a full disk, LevelDB refuses all until it is opened anew.
      await this.#db.close();
      await this.#db.open();
      await batch();
    }
  }
}

function keyOf(cid: CID): Uint8Array {
  return cid.multihash.bytes;
}
