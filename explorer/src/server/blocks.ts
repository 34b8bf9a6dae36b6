import type { IncomingMessage } from "node:http";
import { type Content, MAX_BLOCK_BYTES } from "@assay/sdk/protocol";
import { CID } from "multiformats/cid";

/** How long a block is looked for, in milliseconds. */
const BLOCK_MS = 20_000;
/** Blocks that are looked for at a time: a page of strangers' CIDs must not keep the node busy. */
const MOST_READS = 16;

/** What the pages read and, where it says so, store. */
export type PageContent = Pick<Content, "get"> & Partial<Pick<Content, "put" | "provide">>;

export interface BlockAnswer {
  status: number;
  body: Uint8Array | string;
}

/** Answers questions for blocks as a trustless gateway does: https://specs.ipfs.tech/http-gateways/trustless-gateway/ */
export function createBlockReader(content: PageContent): (path: string) => Promise<BlockAnswer> {
  let reads = 0;
  return async (path) => {
    const cid = parseCid(path);
    if (cid === undefined) return { status: 400, body: "give a CID: /ipfs/<cid>?format=raw" };
    if (reads >= MOST_READS) return { status: 429, body: "too many blocks at a time: ask later" };
    reads++;
    try {
      return {
        status: 200,
        body: await content.get(cid, { signal: AbortSignal.timeout(BLOCK_MS) }),
      };
    } catch {
      return { status: 404, body: "nobody gives this block" };
    } finally {
      reads--;
    }
  };
}

function parseCid(text: string): CID | undefined {
  try {
    return CID.parse(text);
  } catch {
    return undefined;
  }
}

/** Stores the body of a request as a block, and tells the network of it if asked to. */
export async function storeBlock(
  content: PageContent,
  request: IncomingMessage,
  query: URLSearchParams,
): Promise<BlockAnswer> {
  const { put, provide } = content;
  if (put === undefined) return { status: 404, body: "no blocks are stored here" };
  const codec = query.get("codec") === "dag-cbor" ? "dag-cbor" : "raw";
  const bytes = await readBody(request);
  if (bytes === undefined) return { status: 413, body: `a block has ${MAX_BLOCK_BYTES} bytes` };
  const cid = await put.call(content, bytes, { codec });
  if (query.has("provide")) await provide?.call(content, cid);
  return { status: 201, body: cid.toString() };
}

async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > MAX_BLOCK_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
