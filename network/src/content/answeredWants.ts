import type { PeerId } from "@libp2p/interface";

/**
 * Milliseconds for which Helia's bitswap remembers that it has answered a want: none. A peer asks again for what it lost on the way, and the
 * default would keep it waiting for five seconds.
 */
export const REMEMBER_ANSWERED_MS = -1;

/** The internals of `@helia/bitswap` 4 that this file uses. */
interface WantLists {
  receiveMessage(peer: PeerId, message: unknown): void;
  /** Returns a peer's wants. It first drops those whose memory has expired after their answer. */
  wantListForPeer(peer: PeerId): unknown;
}

/**
 * Makes a bitswap broker forget what it has answered before it reads the next message of the same peer. By itself it forgets just after:
 * a peer that asked whether there is a block, was told that there is, and then asks for the block, had that forgotten, too. Kubo asks
 * so for every block that is too large to be sent in answer to the first question.
 *
 * @throws TypeError when the broker is not the one that this was written for.
 */
export function forgetAnsweredWants(broker: unknown): void {
  const lists = (broker as { bitswap?: { peerWantLists?: WantLists } }).bitswap?.peerWantLists;
  if (typeof lists?.receiveMessage !== "function" || typeof lists.wantListForPeer !== "function") {
    throw new TypeError("this bitswap has no want lists as @helia/bitswap 4 has them");
  }
  const receive = lists.receiveMessage.bind(lists);
  lists.receiveMessage = (peer, message) => {
    lists.wantListForPeer(peer);
    receive(peer, message);
  };
}
