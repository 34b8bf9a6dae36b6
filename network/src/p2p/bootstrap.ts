import type { Libp2p } from "@libp2p/interface";
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";

/** How long one dial may take, in milliseconds. */
const DIAL_MS = 5_000;
/** How often a node looks whether it still has a peer, in milliseconds. */
const CHECK_MS = 2_000;

export interface Bootstrap {
  /** Resolves when each address was dialled once; an address without an answer is no error. */
  readonly ready: Promise<void>;
  stop(): void;
}

/**
 * Brings a node into the network through known addresses, and back into it whenever it has lost its last peer, for as long as
 * it runs: a bootstrap node may well start after us, or restart.
 */
export function keepBootstrapped(libp2p: Libp2p, addresses: readonly string[]): Bootstrap {
  const targets = addresses.map((address) => multiaddr(address));
  const stopped = new AbortController();

  async function dialAll(): Promise<void> {
    await Promise.allSettled(
      targets.map((target: Multiaddr) =>
        libp2p.dial(target, {
          signal: AbortSignal.any([stopped.signal, AbortSignal.timeout(DIAL_MS)]),
        }),
      ),
    );
  }

  const timer = setInterval(() => {
    if (libp2p.getConnections().length === 0) void dialAll();
  }, CHECK_MS);
  timer.unref();
  return {
    ready: dialAll(),
    stop() {
      clearInterval(timer);
      stopped.abort();
    },
  };
}
