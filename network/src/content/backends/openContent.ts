import { type Content, memoryContent } from "@assay/sdk/protocol";
import type { CID } from "multiformats/cid";
import type { ContentBackend, ContentOptions } from "./contentOptions.ts";
import { NoContentFolderError, NoGatewayError } from "./errors.ts";
import type { OwnBlocks } from "./filesContent.ts";
import { createGatewayContent } from "./gatewayContent.ts";
import { connectKubo, DEFAULT_KUBO_RPC } from "./kuboContent.ts";
import { type Place, severalContents } from "./severalContents.ts";

/** A peer's own contents, which can keep a block that came from elsewhere. */
export interface OwnContent extends Content {
  /** Stores a block that was checked, under whichever hash function. */
  keep(cid: CID, bytes: Uint8Array): Promise<void>;
}

/**
 * The peer's own blocks, where they are to be in the folder of its contents.
 *
 * @throws {@link NoContentFolderError} {@link ContentFolderError}
 */
export async function openOwnBlocks({
  backends = ["helia"],
  folder,
}: ContentOptions = {}): Promise<OwnBlocks | undefined> {
  if (!backends.includes("files")) return undefined;
  if (folder === undefined) throw new NoContentFolderError();
  if (!backends.includes("helia")) return undefined;
  // Loaded by those alone who use it.
  const { openOwnFiles } = await import("./filesContent.ts");
  return openOwnFiles(folder);
}

/**
 * The contents that are asked for, over those of the peer itself (`helia`). What was read from elsewhere is kept by the peer, if it is among them.
 * @param isOwnFolder - whether the peer keeps its own blocks in the folder of `files`.
 *
 * @throws {@link NoGatewayError} {@link KuboUnreachableError} {@link NoContentFolderError} {@link ContentFolderError}
 */
export async function openContent(
  own: OwnContent,
  { backends: named = ["helia"], ...options }: ContentOptions = {},
  { isOwnFolder = false }: { isOwnFolder?: boolean } = {},
): Promise<Content> {
  const backends = isOwnFolder ? named.filter((backend) => backend !== "files") : named;
  if (backends.length === 1 && backends[0] === "helia") return own;
  const places: Place[] = [];
  for (const backend of backends) places.push(...(await openPlaces(backend, own, options)));
  const keep = (cid: CID, bytes: Uint8Array) => own.keep(cid, bytes);
  return severalContents(places, backends.includes("helia") ? { own, keep } : {});
}

async function openPlaces(
  backend: ContentBackend,
  own: OwnContent,
  { kuboRpc = DEFAULT_KUBO_RPC, gateways = [], folder }: Omit<ContentOptions, "backends">,
): Promise<Place[]> {
  switch (backend) {
    case "helia":
      return [{ content: own, isWritable: true }];
    case "kubo":
      return [{ content: await connectKubo(kuboRpc), isWritable: true }];
    case "files": {
      if (folder === undefined) throw new NoContentFolderError();
      const { createFilesContent, openFileBlocks } = await import("./filesContent.ts");
      return [{ content: createFilesContent(await openFileBlocks(folder)), isWritable: true }];
    }
    case "memory":
      return [{ content: memoryContent(), isWritable: true }];
    case "gateway":
      if (gateways.length === 0) throw new NoGatewayError();
      return gateways.map((gateway) => ({
        content: createGatewayContent(gateway),
        isWritable: false,
      }));
  }
}
