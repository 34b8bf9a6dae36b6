import { constants } from "node:fs";
import { open as openFile, rm } from "node:fs/promises";
import {
  type Content,
  ContentNotFoundError,
  ContentTooLargeError,
  cidOf,
  MAX_BLOCK_BYTES,
  verifyBlock,
} from "@assay/sdk/protocol";
import type { CID } from "multiformats/cid";
import { makeFolder } from "../../folder/makeFolder.ts";
import { FileBlockstore } from "../files/fileBlockstore.ts";
import { OwnBlockstore } from "../files/ownBlockstore.ts";
import { ContentFolderError } from "./errors.ts";

/** What lies in a block's place may be a pipe, whose opening would wait for a writer, or a device, which never ends. */
const READ_AT_ONCE = constants.O_RDONLY | constants.O_NONBLOCK;

/** The blocks of a peer, as its stores have them. */
export interface OwnBlocks {
  blockstore: OwnBlockstore;
  takesAgain: (bytes: Uint8Array) => boolean;
  close(): Promise<void>;
}

/**
 * The blocks in a folder, a file each by its CID. The folder is made if need be.
 *
 * @throws {@link ContentFolderError}
 */
export function openFileBlocks(folder: string): Promise<FileBlockstore> {
  return open(new FileBlockstore(folder));
}

/**
 * The blocks of a peer in a folder of its own, which no other process has open.
 *
 * @throws {@link ContentFolderError}
 */
export async function openOwnFiles(folder: string): Promise<OwnBlocks> {
  const blockstore = await open(new OwnBlockstore(folder));
  const { takesAgain } = OwnBlockstore;
  return { blockstore, takesAgain, close: () => blockstore.close() };
}

async function open<Blocks extends FileBlockstore>(blocks: Blocks): Promise<Blocks> {
  try {
    await makeFolder(blocks.path);
    await blocks.open();
    return blocks;
  } catch (cause) {
    throw new ContentFolderError(blocks.path, reasonOf(cause), { cause });
  }
}

/**
 * Contents in a folder alone: no network knows of them. A block that was damaged on the disk counts as one that is not there, and is
 * deleted, so that it can be stored again.
 */
export function createFilesContent(blocks: FileBlockstore): Content {
  const unusable = (cause: unknown) =>
    new ContentFolderError(blocks.path, reasonOf(cause), { cause });

  async function read(cid: CID): Promise<Uint8Array | undefined> {
    const file = await openFile(blocks.fileOf(cid), READ_AT_ONCE).catch((error) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (file === undefined) return undefined;
    try {
      const info = await file.stat();
      if (!info.isFile()) return undefined;
      const { size } = info;
      if (size > MAX_BLOCK_BYTES) {
        throw new ContentTooLargeError(`Block ${cid}`, size, MAX_BLOCK_BYTES);
      }
      return new Uint8Array(await file.readFile());
    } finally {
      await file.close();
    }
  }

  const content: Content = {
    async get(cid, { signal } = {}) {
      signal?.throwIfAborted();
      const bytes = await read(cid).catch((cause) => {
        throw cause instanceof ContentTooLargeError ? cause : unusable(cause);
      });
      if (bytes === undefined) throw new ContentNotFoundError(cid);
      try {
        verifyBlock(cid, bytes);
      } catch (cause) {
        // Where it must not be deleted it stays what it is.
        await rm(blocks.fileOf(cid), { force: true }).catch(() => {});
        throw new ContentNotFoundError(cid, { cause });
      }
      return bytes;
    },
    session: () => content,
    async put(bytes, { codec, signal } = {}) {
      signal?.throwIfAborted();
      if (bytes.length > MAX_BLOCK_BYTES) {
        throw new ContentTooLargeError("A block", bytes.length, MAX_BLOCK_BYTES);
      }
      const cid = cidOf(bytes, codec);
      await blocks.put(cid, bytes).catch((cause) => {
        throw unusable(cause);
      });
      return cid;
    },
    async provide(_cid, { signal } = {}) {
      signal?.throwIfAborted();
    },
  };
  return content;
}

/** LevelDB says that it is not open; its cause says why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && error.code === "LEVEL_LOCKED") return "another process has it open";
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message;
}
