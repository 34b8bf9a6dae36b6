import {
  type AbortOptions,
  type Content,
  ContentNotFoundError,
  ContentTooLargeError,
  cidOf,
  MAX_BLOCK_BYTES,
  verifyBlock,
} from "@assay/sdk/protocol";
import type { KuboRPCClient } from "kubo-rpc-client";
import type { CID } from "multiformats/cid";
import { abortedRead } from "../reading/abortedRead.ts";
import { KuboError, KuboUnreachableError } from "./errors.ts";

export const DEFAULT_KUBO_RPC = "http://127.0.0.1:5001";

/** How long Kubo may take to say which version it is, in milliseconds. */
const CONNECT_MS = 10_000;
/** A block that Kubo has not found by then is not found, in milliseconds. */
const GET_MS = 60_000;
/** How long it may take to tell the DHT of one content, in milliseconds. */
const PROVIDE_MS = 60_000;

/**
 * Contents in a Kubo node, by its RPC API: it stores them, finds them in the public IPFS network, and announces them there. What is stored is not
 * pinned: a node that collects its garbage drops it.
 *
 * @throws {@link KuboUnreachableError} when no Kubo node answers at `rpc`.
 */
export async function connectKubo(rpc: string): Promise<Content> {
  // Loaded by those alone who use it.
  const { create } = await import("kubo-rpc-client");
  const client = create({ url: rpc });
  try {
    await client.version({ signal: AbortSignal.timeout(CONNECT_MS) });
  } catch (cause) {
    throw new KuboUnreachableError(rpc, reasonOf(cause), { cause });
  }
  return kuboContent(client, rpc);
}

function kuboContent(client: KuboRPCClient, rpc: string): Content {
  /** Runs `action`; its failures name what was tried. */
  async function attempt<T>(
    what: string,
    ms: number,
    signal: AbortSignal | undefined,
    action: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const timeout = AbortSignal.timeout(ms);
    const limited = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    try {
      return await action(limited);
    } catch (cause) {
      if (signal?.aborted) throw signal.reason;
      throw new KuboError(rpc, what, reasonOf(cause), { cause });
    }
  }

  const content: Content = {
    async get(cid: CID, { signal }: AbortOptions = {}) {
      const bytes = await attempt(`give ${cid}`, GET_MS, signal, (limited) =>
        client.block.get(cid, { signal: limited }),
      ).catch((cause) => {
        throw signal?.aborted ? abortedRead(cid, signal) : new ContentNotFoundError(cid, { cause });
      });
      if (bytes.length > MAX_BLOCK_BYTES) {
        throw new ContentTooLargeError(`Block ${cid}`, bytes.length, MAX_BLOCK_BYTES);
      }
      verifyBlock(cid, bytes);
      return new Uint8Array(bytes);
    },
    session: () => content,
    async put(bytes, { codec = "raw", signal } = {}) {
      if (bytes.length > MAX_BLOCK_BYTES) {
        throw new ContentTooLargeError("A block", bytes.length, MAX_BLOCK_BYTES);
      }
      const expected = cidOf(bytes, codec);
      const cid = await attempt("store a block", GET_MS, signal, (limited) =>
        client.block.put(bytes, { format: codec, mhtype: "blake3", version: 1, signal: limited }),
      );
      if (!cid.equals(expected)) throw new KuboError(rpc, `store ${expected}`, `it stored ${cid}`);
      return expected;
    },
    async provide(cid, { signal } = {}) {
      await attempt(`announce ${cid}`, PROVIDE_MS, signal, async (limited) => {
        for await (const _ of client.routing.provide(cid, { signal: limited }));
      });
    },
  };
  return content;
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error && cause.message !== "" ? cause.message : message;
}
