import type { CID } from "multiformats/cid";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";

/** Largest block that Assay writes, in bytes. */
export const MAX_BLOCK_BYTES = 1 << 20;

/** Reads blocks. Every implementation checks each block against its CID before it returns it. */
export interface BlockReader {
  /** @throws {@link ContentNotFoundError} when no provider has it before `signal` aborts. */
  get(cid: CID, options?: AbortOptions): Promise<Uint8Array>;
}

/** The common interface of a peer's own contents, Kubo, gateways, files and memory. */
export interface Content extends BlockReader {
  /**
   * Stores one block of at most {@link MAX_BLOCK_BYTES} under blake3 and returns its CID. Default codec: `raw`. The bytes are the caller's
   * again when it resolves.
   */
  put(bytes: Uint8Array, options?: AbortOptions & { codec?: "raw" | "dag-cbor" }): Promise<CID>;
  /** Tells the network (the DHT) that this machine has `cid`. */
  provide(cid: CID, options?: AbortOptions): Promise<void>;
  /** A reader that asks the providers of `root` first for everything: children are rarely provided by themselves. */
  session(root: CID): BlockReader;
}
