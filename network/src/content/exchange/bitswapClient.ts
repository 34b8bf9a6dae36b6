import type { PeerId } from "@libp2p/interface";
import { base64 } from "multiformats/bases/base64";
import type { CID } from "multiformats/cid";

/** What is said of a block in a message to another peer. */
export type WantKind = "block" | "have" | "cancel";

/** What a peer sent: the bytes of a block, or whether it has it. */
export interface Answer {
  peer: PeerId;
  /** See {@link blockKey}. It is computed from the bytes, if there are any: that it is wanted proves them. */
  key: string;
  bytes: Uint8Array | undefined;
  has: boolean;
}

export interface BitswapClient {
  /** Sends it together with what else is for this peer in this moment. `onFailed` is called when the peer cannot be reached. */
  send(peer: PeerId, cid: CID, kind: WantKind, onFailed?: () => void): void;
  /** Peers with an open connection that speak bitswap. */
  connected(): PeerId[];
  isConnected(peer: PeerId): boolean;
  onAnswer(listener: (answer: Answer) => void): void;
  /** The listener is called whenever another peer that speaks bitswap is connected, until the returned function is called. */
  onConnected(listener: (peer: PeerId) => void): () => void;
}

/** One name for all CIDs of a block: its whole multihash, for a digest alone is somebody else's block under the identity hash. */
export const blockKey = (cid: CID): string => base64.encode(cid.multihash.bytes);

/** An entry of a bitswap message: https://specs.ipfs.tech/bitswap-protocol/ */
interface Entry {
  cid: Uint8Array;
  priority: number;
  cancel: boolean;
  wantType: "WantBlock" | "WantHave";
  sendDontHave: boolean;
}

type PeerListener = (event: CustomEvent<PeerId>) => void;

/** The internals of `@helia/bitswap` 4 that this file uses. */
interface BitswapInternals {
  network: {
    sendMessage(
      peer: PeerId,
      message: {
        full: boolean;
        pendingBytes: number;
        wantlist: Map<string, Entry>;
        blocks: Map<string, unknown>;
        blockPresences: Map<string, unknown>;
      },
      options: { signal: AbortSignal },
    ): Promise<void>;
    addEventListener(type: "peer:connected", listener: PeerListener): void;
    removeEventListener(type: "peer:connected", listener: PeerListener): void;
  };
  wantList: {
    peers: { keys(): Iterable<PeerId>; has(peer: PeerId): boolean };
    addEventListener(
      type: "presence",
      listener: (
        event: CustomEvent<{ sender: PeerId; cid: CID; has: boolean; block?: Uint8Array }>,
      ) => void,
    ): void;
  };
}

/** How long one message may take, a dial included, in milliseconds. */
const SEND_MS = 10_000;

interface Outgoing {
  peer: PeerId;
  wantlist: Map<string, Entry>;
  onFailed: (() => void)[];
}

/**
 * The asking side of Helia's bitswap, want by want and peer by peer. Helia's own sessions ask all their providers for every block, do not say
 * who sent what, and drop a peer for good after its first failure.
 *
 * @throws TypeError when the broker is not the one that this was written for.
 */
export function createBitswapClient(broker: unknown): BitswapClient {
  const { network, wantList } = (broker as { bitswap?: Partial<BitswapInternals> }).bitswap ?? {};
  if (
    typeof network?.sendMessage !== "function" ||
    typeof wantList?.addEventListener !== "function" ||
    typeof wantList.peers?.has !== "function"
  ) {
    throw new TypeError("this bitswap cannot be asked as @helia/bitswap 4 can");
  }
  const outgoing = new Map<string, Outgoing>();

  function sendAll(send: BitswapInternals["network"]["sendMessage"]): void {
    for (const { peer, wantlist, onFailed } of outgoing.values()) {
      const message = { full: false, pendingBytes: 0, wantlist };
      send(
        peer,
        { ...message, blocks: new Map(), blockPresences: new Map() },
        { signal: AbortSignal.timeout(SEND_MS) },
      ).catch(() => {
        for (const failed of onFailed) failed();
      });
    }
    outgoing.clear();
  }

  return {
    send(peer, cid, kind, onFailed) {
      if (outgoing.size === 0) setImmediate(sendAll, network.sendMessage.bind(network));
      const id = peer.toString();
      const message: Outgoing = outgoing.get(id) ?? { peer, wantlist: new Map(), onFailed: [] };
      outgoing.set(id, message);
      message.wantlist.set(blockKey(cid), {
        cid: cid.bytes,
        priority: 1,
        cancel: kind === "cancel",
        wantType: kind === "have" ? "WantHave" : "WantBlock",
        sendDontHave: kind !== "cancel",
      });
      if (onFailed !== undefined) message.onFailed.push(onFailed);
    },
    connected: () => [...wantList.peers.keys()],
    isConnected: (peer) => wantList.peers.has(peer),
    onAnswer(listener) {
      wantList.addEventListener("presence", ({ detail: { sender, cid, has, block } }) =>
        listener({ peer: sender, key: blockKey(cid), bytes: block && plainBytes(block), has }),
      );
    },
    onConnected(listener) {
      const hear = ({ detail }: CustomEvent<PeerId>) => listener(detail);
      network.addEventListener("peer:connected", hear);
      return () => network.removeEventListener("peer:connected", hear);
    },
  };
}

/** Without Buffers, which are a detail of the transport, and without the rest of the message, which a small block would keep in memory. */
function plainBytes({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return buffer.byteLength > 2 * byteLength ? bytes.slice() : bytes;
}
