import type { AbortOptions, Libp2p, PeerId } from "@libp2p/interface";
import { peerIdFromString } from "@libp2p/peer-id";
import type { Ping } from "@libp2p/ping";
import type { CID } from "multiformats/cid";
import { PeerSilentError } from "./direct/errors.ts";
import { readPeerAddress } from "./p2p/network.ts";
import { type ServicePeer, servicePeerOf } from "./reach/services.ts";

/** What a peer can find out of others for its operator. */
export interface Lookups {
  /**
   * Measures a round trip to a peer by libp2p's ping, connecting to it first where there is no connection.
   * @param peer - its id, or a multiaddr that ends in one.
   * @returns milliseconds, connecting left out, and over what address.
   *
   * @throws {@link PeerSilentError} {@link MalformedAddressError}; `TypeError` for an id that is none.
   */
  ping(peer: string, options: { signal: AbortSignal }): Promise<{ ms: number; multiaddr: string }>;
  /** Peers that say in the DHT that they have a content, each once, as they are found. */
  findProviders(cid: CID, options: { signal: AbortSignal }): AsyncIterable<ServicePeer>;
  /**
   * Where a peer can be reached, as the DHT knows it; `undefined` if it does not.
   *
   * @throws `TypeError` for an id that is none.
   */
  findPeer(peerId: string, options: { signal: AbortSignal }): Promise<ServicePeer | undefined>;
}

export function createLookups(libp2p: Libp2p<{ ping: Ping }>): Lookups {
  return {
    async ping(peer, { signal }) {
      const target = peer.startsWith("/") ? readPeerAddress(peer) : parsePeerId(peer);
      try {
        const connection = await libp2p.dial(target, { signal });
        const ms = await libp2p.services.ping.ping(connection.remotePeer, { signal });
        return { ms, multiaddr: connection.remoteAddr.toString() };
      } catch (cause) {
        throw new PeerSilentError(peer, "ping", { cause });
      }
    },
    async *findProviders(cid, { signal }) {
      const seen = new Set<string>();
      for await (const found of libp2p.contentRouting.findProviders(cid, { signal })) {
        const id = found.id.toString();
        if (seen.has(id)) continue;
        seen.add(id);
        yield servicePeerOf(found);
      }
    },
    async findPeer(peerId, options) {
      const id = parsePeerId(peerId);
      const found = await notFoundIsUndefined(libp2p.peerRouting.findPeer(id, options), options);
      return found && servicePeerOf(found);
    },
  };
}

function parsePeerId(text: string): PeerId {
  try {
    return peerIdFromString(text);
  } catch (cause) {
    throw new TypeError(`"${text}" is no peer id`, { cause });
  }
}

/** A query that nobody answers rejects, as one that was given up does. */
async function notFoundIsUndefined<T>(
  found: Promise<T>,
  { signal }: AbortOptions,
): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (signal?.aborted || (error as Error).name !== "NotFoundError") throw error;
    return undefined;
  }
}
