import { createSemaphore } from "@assay/sdk/concurrency";
import {
  type AbortOptions,
  type BlockReader,
  ContentNotFoundError,
  ContentTooLargeError,
  cidOf,
  MAX_BLOCK_BYTES,
  verifyBlock,
} from "@assay/sdk/protocol";
import type { CID } from "multiformats/cid";
import { placeOfContent, placeOfPeer } from "../p2p/contentDht.ts";
import { remember } from "../recent/remember.ts";
import type { OwnContent } from "./backends/openContent.ts";
import { ProvideError } from "./errors.ts";
import { BlockFetcher } from "./exchange/blockFetcher.ts";
import { type ProviderFigures, ProviderScores } from "./exchange/providerScores.ts";
import { ProviderSearch } from "./exchange/providerSearch.ts";
import { type AnnouncementFigures, FetchedRoots } from "./fetchedRoots.ts";
import type { HeliaNode } from "./helia.ts";
import { abortedRead, isTimeout } from "./reading/abortedRead.ts";
import type { Stores } from "./stores.ts";

/** A block that nobody has given us by then is not found, if the caller's own signal does not say so before. */
const DEFAULT_GET_MS = 60_000;
/** Blocks asked for at a time: a bitswap peer forgets what is wanted of it beyond 1,024. */
const CONCURRENT_TRANSFERS = 256;
/** How long it may take to tell the DHT of one content, in milliseconds: forty questions, on a machine that does other things as well. */
const PROVIDE_MS = 60_000;

/** So many of the peers that are there announce what they have fetched, those nearest to it. */
const REPLICAS = 3;
/** Peers whose places in the DHT are remembered. */
const MOST_PLACES = 4_096;

/** A peer's own contents, with what it knows of others and announces to them. */
export interface HeliaContent extends OwnContent {
  /** What came from whom, by peer id. */
  readonly providers: ReadonlyMap<string, ProviderFigures>;
  readonly announcements: AnnouncementFigures;
  /** Announces nothing more. */
  stop(): void;
}

/**
 * Contents over Helia: providers are found in the Kademlia DHT, blocks come by bitswap and are checked against their CIDs (also those from
 * our own disk), and our own blocks are served to every peer that asks.
 * @param stores - those underneath Helia's, without its network.
 */
export function createHeliaContent(
  helia: HeliaNode,
  { blockstore, onUse }: Pick<Stores, "blockstore" | "onUse">,
  {
    others = () => [],
    scores = new ProviderScores(),
  }: {
    /** Ids of the peers that are there and may have fetched the same. */
    others?: () => readonly string[];
    /** What is known of other providers. */
    scores?: ProviderScores;
  } = {},
): HeliaContent {
  const fetcher = new BlockFetcher(helia.bitswap, scores);
  const exchange = { libp2p: helia.libp2p, client: helia.bitswap, scores, fetcher };
  const fetched = new FetchedRoots({
    provide,
    cancel: (cid) => helia.libp2p.contentRouting.cancelReprovide(cid),
    has: async (cid) => blockstore.has(cid),
    isNear,
  });
  /** By peer id: a thousand roots are held against hundreds of peers every minute. */
  const places = new Map<string, number>();
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

  function placeOf(peerId: string): number {
    const place = places.get(peerId) ?? placeOfPeer(peerId);
    remember(places, peerId, place, MOST_PLACES);
    return place;
  }

  function isNear(cid: CID): boolean {
    const target = placeOfContent(cid);
    const distance = (peerId: string) => (placeOf(peerId) ^ target) >>> 0;
    const own = distance(helia.libp2p.peerId.toString());
    return others().filter((other) => distance(other) < own).length < REPLICAS;
  }

  async function provide(cid: CID, { signal }: AbortOptions = {}): Promise<void> {
    const timeout = AbortSignal.timeout(PROVIDE_MS);
    const limited = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    try {
      await helia.libp2p.contentRouting.provide(cid, { signal: limited });
    } catch (cause) {
      if (signal?.aborted && !isTimeout(signal.reason)) throw signal.reason;
      throw new ProvideError(cid, { cause });
    }
  }

  function session(root: CID): BlockReader {
    const search = new ProviderSearch(exchange, root);

    async function fetch(cid: CID, signal: AbortSignal | undefined): Promise<Uint8Array> {
      try {
        // The time begins with the transfer: waiting for its turn is not the block's fault.
        return await transfers.run(() => {
          const timeout = AbortSignal.timeout(DEFAULT_GET_MS);
          const limited = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
          return search.fetch(cid, limited);
        }, signal);
      } catch (cause) {
        throw signal?.aborted ? abortedRead(cid, signal) : new ContentNotFoundError(cid, { cause });
      }
    }

    return {
      async get(cid, { signal }: AbortOptions = {}) {
        signal?.throwIfAborted();
        const local = await readLocal(cid);
        if (local !== undefined) return local;
        const bytes = await fetch(cid, signal);
        await helia.put(cid, bytes);
        if (cid.equals(root)) fetched.add(root);
        onUse?.(cid); // who stored it knew nothing of the job at hand
        return bytes;
      },
    };
  }

  return {
    get: (cid, options) => session(cid).get(cid, options),
    session,
    provide,
    get providers() {
      return scores.figures();
    },
    get announcements() {
      return fetched.figures;
    },
    keep: (cid, bytes) => helia.put(cid, bytes),
    stop: () => fetched.stop(),
    async put(bytes, { codec, signal } = {}) {
      if (bytes.length > MAX_BLOCK_BYTES) {
        throw new ContentTooLargeError("A block", bytes.length, MAX_BLOCK_BYTES);
      }
      const cid = cidOf(bytes, codec);
      signal?.throwIfAborted();
      await helia.put(cid, bytes);
      return cid;
    },
  };
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
