import { join } from "node:path";
import { MemoryBlockstore } from "blockstore-core/memory";
import { MemoryDatastore } from "datastore-core/memory";
import type { Blockstore } from "interface-blockstore";
import type { Datastore } from "interface-datastore";
import type { CID } from "multiformats/cid";
import { makeFolder } from "../folder/makeFolder.ts";
import { DataDirInUseError, PeerStoreError } from "./errors.ts";

export interface Stores {
  /** Blocks by CID. */
  blockstore: Blockstore;
  /** Whether it costs no more to store a block that is there than to look for it. Default: no. */
  takesAgain?: (bytes: Uint8Array) => boolean;
  /** Called for every block that was fetched or read for somebody who asked for it by CID. */
  onUse?: (cid: CID) => void;
  /** The peer's key, its address book and its DHT records. */
  datastore: Datastore;
  close(): Promise<void>;
}

/** In memory: for tests, and for a requester that keeps nothing. The peer's key is new every time. */
export function memoryStores(): Stores {
  return {
    blockstore: new OwnMemory(),
    datastore: new MemoryDatastore(),
    async close() {},
  };
}

/** Blocks that nobody else can change: their callers go on with their own bytes. */
class OwnMemory extends MemoryBlockstore {
  override put(...[cid, value, options]: Parameters<Blockstore["put"]>) {
    const own = value instanceof Uint8Array ? new Uint8Array(value) : value;
    return super.put(cid, own, options);
  }

  override async *get(...parameters: Parameters<Blockstore["get"]>) {
    for await (const part of super.get(...parameters)) yield new Uint8Array(part);
  }
}

/**
 * In the folders `blocks` and `peer` below `dataDir`, which are made if need be.
 *
 * @throws {@link DataDirInUseError} when another process has them open.
 * @throws {@link PeerStoreError} when the disk or the files do not let them be opened.
 */
export async function openStores(dataDir: string): Promise<Stores> {
  const datastore = await openPeerDatastore(dataDir);
  const { OwnBlockstore } = await import("./files/ownBlockstore.ts");
  const blockstore = new OwnBlockstore(join(dataDir, "blocks"));
  try {
    await blockstore.open();
  } catch (error) {
    await datastore.close();
    throw whyNotOpen(join(dataDir, "blocks"), dataDir, error);
  }
  return {
    ...{ blockstore, datastore, takesAgain: OwnBlockstore.takesAgain },
    async close() {
      await blockstore.close();
      await datastore.close();
    },
  };
}

/**
 * Opens only the peer's own datastore, the folder `peer` below `dataDir`, for a caller with its own blockstore.
 *
 * @throws {@link DataDirInUseError} {@link PeerStoreError}
 */
export async function openPeerDatastore(
  dataDir: string,
): Promise<Datastore & { close(): Promise<void> }> {
  await makeFolder(dataDir);
  // A peer that keeps nothing does without LevelDB.
  const { PeerDatastore } = await import("./peerDatastore.ts");
  const datastore = new PeerDatastore(join(dataDir, "peer"));
  try {
    // The store's own `open` tells of every error that it failed, and no more.
    await datastore.db.open({ createIfMissing: true, compression: false });
    await datastore.open();
  } catch (error) {
    throw whyNotOpen(join(dataDir, "peer"), dataDir, error);
  }
  return datastore;
}

/** LevelDB's error says that it is not open; the cause has the code, or the words of the system. */
function whyNotOpen(folder: string, dataDir: string, error: unknown): Error {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "LEVEL_LOCKED") return new DataDirInUseError(dataDir, { cause: error });
    if (cause.cause === undefined) {
      return new PeerStoreError(folder, cause.message.replaceAll(/\s+/g, " "), { cause: error });
    }
  }
  return new PeerStoreError(folder, String(error), { cause: error });
}
