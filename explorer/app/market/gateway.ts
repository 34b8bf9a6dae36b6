import {
  type Content,
  ContentNotFoundError,
  ContentTooLargeError,
  joinBlock,
  MAX_BLOCK_BYTES,
  verifyBlock,
} from "@assay/sdk/protocol";
import { CID } from "multiformats/cid";

/** Blocks that are kept: pages of a manifest are read again and again. */
const MOST_KEPT = 64;
/** How long a gateway may look for a block, in milliseconds. */
const BLOCK_MS = 30_000;

/** Blocks of a trustless gateway, each checked against its CID. With `canStore`, the page's own server takes blocks. */
export function gatewayContent(base: string, { canStore }: { canStore: boolean }): Content {
  const kept = new Map<string, Promise<Uint8Array>>();

  /** Several may wait for one block, so that none of them ends its loading. */
  async function load(cid: CID): Promise<Uint8Array> {
    const response = await fetch(`${base}/ipfs/${cid}?format=raw`, {
      headers: { accept: "application/vnd.ipld.raw" },
      signal: AbortSignal.timeout(BLOCK_MS),
      referrerPolicy: "no-referrer",
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new ContentNotFoundError(cid, { details: `the gateway says ${response.status}` });
    }
    const bytes = await readBlock(response);
    verifyBlock(cid, bytes);
    return bytes;
  }

  const content: Content = {
    get(cid) {
      const key = cid.toString();
      const known = kept.get(key);
      if (known !== undefined) return known;
      const loading = load(cid);
      kept.set(key, loading);
      loading.catch(() => kept.delete(key));
      if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value ?? "");
      return loading;
    },
    session: () => content,
    async put(bytes, { codec = "raw", signal } = {}) {
      if (!canStore)
        throw new TypeError("There is nowhere to store blocks: use the assay command.");
      const response = await fetch(`blocks?codec=${codec}&provide`, {
        ...{ method: "POST", headers: { "x-assay": "block" }, signal: signal ?? null },
        body: new Blob([Uint8Array.from(bytes)]),
      });
      const text = await response.text();
      if (!response.ok) throw new TypeError(`The block was not stored: ${text}`);
      return CID.parse(text);
    },
    async provide() {}, // it is provided when it is stored
  };
  return content;
}

async function readBlock(response: Response): Promise<Uint8Array> {
  const length = Number(response.headers.get("content-length") ?? 0);
  if (length > MAX_BLOCK_BYTES) throw new ContentTooLargeError("A block", length, MAX_BLOCK_BYTES);
  return joinBlock(response.body ?? [], "A block");
}
