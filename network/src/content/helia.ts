import { AssayError, type AssayErrorOptions, blake3 } from "@assay/sdk/protocol";
import { withBitswap } from "@helia/bitswap";
import { loadOrCreateSelfKey } from "@libp2p/config";
import { type Ed25519PrivateKey, type Libp2p, stop } from "@libp2p/interface";
import { createLibp2p } from "libp2p";
import type { CID } from "multiformats/cid";
import { sha256 } from "multiformats/hashes/sha2";
import { type HostParameters, type HostServices, hostOptions } from "../p2p/hostOptions.ts";
import { forgetAnsweredWants, REMEMBER_ANSWERED_MS } from "./answeredWants.ts";
import { type BitswapClient, createBitswapClient } from "./exchange/bitswapClient.ts";
import type { Stores } from "./stores.ts";

/** A libp2p host with Helia's bitswap: it serves the blocks of its store, and asks others. */
export interface HeliaNode {
  readonly libp2p: Libp2p<HostServices>;
  /** The host's own. */
  readonly privateKey: Ed25519PrivateKey;
  /** Asks single peers for single blocks. */
  readonly bitswap: BitswapClient;
  /** Stores a block, and sends it to those who asked for it before. */
  put(cid: CID, bytes: Uint8Array): Promise<void>;
  stop(): Promise<void>;
}

/** The host cannot listen on its configured address. */
export class ListenError extends AssayError {
  readonly code = "LISTEN_FAILED";
  readonly retryable = true;

  constructor(listen: readonly string[], options: AssayErrorOptions) {
    super(
      `The node cannot listen on ${listen.join(", ")}: give an address of this machine with a free port as --listen.`,
      options,
    );
  }
}

/** The parts of a block broker of Helia's that this file uses. */
interface Broker {
  announce(cid: CID): Promise<void>;
}

/**
 * Starts Helia's bitswap over our own libp2p host. Helia itself is not part of it: with its gateways, delegated routers, AutoTLS and WebRTC
 * come 1,300 modules and 60 MB, which a node never uses. The host's key is made on the first start and kept in the datastore.
 *
 * @throws {@link ListenError}
 */
export async function startHelia(
  { blockstore, datastore, takesAgain = () => false }: Stores,
  host: HostParameters,
): Promise<HeliaNode> {
  // It makes no keys of another kind.
  const privateKey = (await loadOrCreateSelfKey(datastore)) as Ed25519PrivateKey;
  const libp2p = await createLibp2p({
    ...(await hostOptions(host)),
    privateKey,
    datastore,
    start: false,
  });
  try {
    await libp2p.start();
  } catch (cause) {
    await libp2p.stop();
    const cannotListen = (cause as Error).name === "UnsupportedListenAddressesError";
    throw cannotListen ? new ListenError(host.listen, { cause }) : cause;
  }
  const broker = await startBitswap(libp2p, blockstore);
  return {
    libp2p,
    privateKey,
    bitswap: createBitswapClient(broker),
    async put(cid, bytes) {
      if (!takesAgain(bytes) && (await blockstore.has(cid))) return;
      await blockstore.put(cid, bytes);
      await broker.announce(cid);
    },
    async stop() {
      await stop(broker);
      await libp2p.stop();
    },
  };
}

/** Helia gives its bitswap to nothing but a Helia: this is as much of one as it asks for. */
async function startBitswap(
  libp2p: Libp2p<HostServices>,
  blockstore: Stores["blockstore"],
): Promise<Broker> {
  const mixins: { start?(helia: unknown): Promise<unknown> | unknown }[] = [];
  let broker: Broker | undefined;
  const helia = {
    ...{ status: "starting", libp2p, blockstore, logger: libp2p.logger },
    // Providers are found by us: a want is sent to peers, and never into the blue.
    routing: { async *findProviders() {} },
    // Nobody asks for blocks under other functions: what comes as one is not what it says, whatever its hash.
    getHasher: (code: number) => (code === blake3.code ? blake3 : sha256),
    addMixin: (mixin: (typeof mixins)[number]) => mixins.push(mixin),
    hasBlockBroker: () => false,
    addBlockBroker(added: Broker) {
      broker = added;
    },
  };
  withBitswap(helia as never, {
    doNotResendBlockWindow: REMEMBER_ANSWERED_MS,
    // A node that is reached through a relay alone has blocks to give, too.
    runOnLimitedConnections: true,
  });
  for (const mixin of mixins) await mixin.start?.(helia);
  if (broker === undefined) throw new TypeError("this is no bitswap as @helia/bitswap 4 is");
  forgetAnsweredWants(broker);
  return broker;
}
