import { setTimeout as sleep } from "node:timers/promises";
import {
  type AbortOptions,
  type BlockReader,
  type Content,
  ContentNotFoundError,
  ContentTooLargeError,
  cidOf,
  MAX_BLOCK_BYTES,
  verifyBlock,
} from "@assay/sdk";
import { createSemaphore } from "@assay/sdk/concurrency";
import type { SessionBlockstore } from "helia";
import type { CID } from "multiformats/cid";
import { ProvideError } from "./errors.ts";
import type { HeliaNode } from "./helia.ts";
import type { Stores } from "./stores.ts";

/** A block that nobody has given us by then is not found, if the caller's own signal does not say so before. */
const DEFAULT_GET_MS = 60_000;
/** One search for providers, in milliseconds. */
const SEARCH_MS = 5_000;
/** How long others are waited for once the first provider is found, in milliseconds. */
const MORE_PROVIDERS_MS = 50;
/** One transfer of a block, in milliseconds; then other providers are looked for. */
const TRANSFER_MS = 20_000;
/**
 * When a block is wanted again, in milliseconds in which its providers have sent nothing, while the earlier wants go on: a want, or the
 * answer to it, may be lost with a connection, and nobody hears of that. Providers that send are not asked again: a busy machine
 * would be busier with it.
 */
const ASK_AGAIN_MS = [1_000, 3_000, 8_000];
/** Providers that a session asks at a time. */
const MAX_PROVIDERS = 4;
/** Blocks asked for at a time: a bitswap peer forgets what is wanted of it beyond 1,024. */
const CONCURRENT_TRANSFERS = 256;
/** Pause before providers are looked for again; doubled each time up to the second. */
const SEARCH_PAUSE_MS = { first: 200, longest: 2_000 };
/** How long it may take to tell the DHT of one content, in milliseconds. */
const PROVIDE_MS = 20_000;

/** Providers of a content, to be asked for its blocks. */
interface Source {
  /** What is wanted for the first time is wanted here. */
  session: SessionBlockstore;
  /** Another one, with the same providers. */
  open(): SessionBlockstore;
  /** When its providers last sent a block, as `performance.now()` has it. */
  lastBlockAt: number;
}

/**
 * Contents over Helia: providers are found in the Kademlia DHT, blocks come by bitswap and are checked against their CIDs (also those from
 * our own disk), and our own blocks are served to every peer that asks.
 * @param stores - those underneath Helia's, without its network.
 */
export function createHeliaContent(
  helia: HeliaNode,
  { blockstore, onUse }: Pick<Stores, "blockstore" | "onUse">,
): Content {
  const transfers = createSemaphore(CONCURRENT_TRANSFERS);

  /** The block on our own disk, unless it was damaged there: then it is dropped, to be fetched again. */
  async function readLocal(cid: CID): Promise<Uint8Array | undefined> {
    if (!(await blockstore.has(cid))) return undefined;
    const bytes = await collect(blockstore.get(cid));
    try {
      verifyBlock(cid, bytes);
      return bytes;
    } catch {
      await blockstore.delete(cid);
      return undefined;
    }
  }

  /** Finds providers of `cid`. Returns shortly after the first one is found: a full search waits for the slowest peer. */
  async function findProviders(cid: CID, signal: AbortSignal): Promise<CID[]> {
    const providers: CID[] = [];
    const enough = new AbortController();
    let timer = setTimeout(() => enough.abort(), SEARCH_MS);
    const limited = AbortSignal.any([signal, enough.signal]);
    try {
      for await (const { id } of helia.libp2p.contentRouting.findProviders(cid, {
        signal: limited,
      })) {
        if (id.equals(helia.libp2p.peerId)) continue;
        providers.push(id.toCID());
        if (providers.length >= MAX_PROVIDERS) break;
        if (providers.length > 1) continue;
        clearTimeout(timer);
        timer = setTimeout(() => enough.abort(), MORE_PROVIDERS_MS);
      }
    } catch {
      signal.throwIfAborted(); // else the search ran out of time or peers: what was found is what there is
    } finally {
      clearTimeout(timer);
    }
    return providers;
  }

  function sourceOf(root: CID, providers: CID[]): Source {
    const open = () =>
      helia.blockstore.createSession(root, {
        providers,
        minProviders: 1,
        // With the list full, the session does not search the DHT for children, which nobody announces.
        maxProviders: providers.length,
      });
    return { session: open(), open, lastBlockAt: 0 };
  }

  /** Fetches the block from the provider that sends it first. Fails at once if every provider says that it does not have it. */
  async function transfer(source: Source, cid: CID, signal: AbortSignal): Promise<Uint8Array> {
    const over = new AbortController();
    const limited = AbortSignal.any([signal, over.signal, AbortSignal.timeout(TRANSFER_MS)]);
    const startedAt = performance.now();
    const again = ASK_AGAIN_MS.map(async (ms) => {
      for (;;) {
        const quietSince = Math.max(startedAt, source.lastBlockAt);
        const leftMs = quietSince + ms - performance.now();
        if (leftMs <= 0) break;
        await sleep(leftMs, undefined, { signal: limited });
      }
      // A session wants the same block once.
      return collect(source.open().get(cid, { signal: limited }));
    });
    const first = collect(source.session.get(cid, { signal: limited }));
    try {
      // That it failed to ask again says nothing: the first may still come.
      return await Promise.race([first, Promise.any(again).catch(() => first)]);
    } finally {
      over.abort();
    }
  }

  function session(root: CID): BlockReader {
    let current: Promise<Source> | undefined;

    /** The providers of `root`, searched for until there are some. */
    async function open(signal: AbortSignal): Promise<Source> {
      for (let pauseMs = SEARCH_PAUSE_MS.first; ; ) {
        const providers = await findProviders(root, signal);
        if (providers.length > 0) return sourceOf(root, providers);
        await sleep(pauseMs, undefined, { signal });
        pauseMs = Math.min(2 * pauseMs, SEARCH_PAUSE_MS.longest);
      }
    }

    async function fetch(cid: CID, signal: AbortSignal): Promise<Uint8Array> {
      for (;;) {
        // Shared by all that read from this session; searched anew by the next one when it fails.
        current ??= open(signal);
        const mine = current;
        try {
          const source = await mine;
          const bytes = await transfer(source, cid, signal);
          source.lastBlockAt = performance.now();
          verifyBlock(cid, bytes);
          return bytes;
        } catch {
          // A session drops a provider for good once it fails: only a new one asks it again.
          if (current === mine) current = undefined;
          await sleep(SEARCH_PAUSE_MS.first, undefined, { signal });
        }
      }
    }

    return {
      async get(cid, { signal }: AbortOptions = {}) {
        signal?.throwIfAborted();
        const local = await readLocal(cid);
        if (local !== undefined) return local;
        try {
          // The time begins with the transfer: waiting for its turn is not the block's fault.
          const bytes = await transfers.run(() => {
            const timeout = AbortSignal.timeout(DEFAULT_GET_MS);
            return fetch(cid, signal === undefined ? timeout : AbortSignal.any([signal, timeout]));
          }, signal);
          onUse?.(cid); // who stored it knew nothing of the job at hand
          return bytes;
        } catch (cause) {
          if (signal?.aborted && !isTimeout(signal.reason)) throw signal.reason;
          throw new ContentNotFoundError(cid, { cause });
        }
      },
    };
  }

  return {
    get: (cid, options) => session(cid).get(cid, options),
    session,
    async put(bytes, { codec, signal } = {}) {
      if (bytes.length > MAX_BLOCK_BYTES) {
        throw new ContentTooLargeError("A block", bytes.length, MAX_BLOCK_BYTES);
      }
      const cid = cidOf(bytes, codec);
      await helia.blockstore.put(cid, bytes, signalOf(signal));
      return cid;
    },
    async provide(cid, { signal } = {}) {
      const timeout = AbortSignal.timeout(PROVIDE_MS);
      const limited = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
      try {
        await helia.libp2p.contentRouting.provide(cid, { signal: limited });
      } catch (cause) {
        if (signal?.aborted && !isTimeout(signal.reason)) throw signal.reason;
        throw new ProvideError(cid, { cause });
      }
    },
  };
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === "TimeoutError";
}

/** Libraries that were not written for `exactOptionalPropertyTypes` take no `signal: undefined`. */
function signalOf(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

async function collect(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  const [first] = parts;
  const whole = parts.length === 1 && first !== undefined ? first : Buffer.concat(parts);
  // Buffers are a detail of the store below.
  return new Uint8Array(whole.buffer, whole.byteOffset, whole.byteLength);
}
