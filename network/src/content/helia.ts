import { AssayError, type AssayErrorOptions, blake3 } from "@assay/sdk";
import { withBitswap } from "@helia/bitswap";
import { type HeliaWithLibp2p, withLibp2pLight } from "@helia/libp2p";
import { loadOrCreateSelfKey } from "@libp2p/config";
import type { Ed25519PrivateKey } from "@libp2p/interface";
import { createHeliaLight } from "helia";
import { type HostParameters, type HostServices, hostOptions } from "../p2p/hostOptions.ts";
import { forgetAnsweredWants, REMEMBER_ANSWERED_MS } from "./answeredWants.ts";
import type { Stores } from "./stores.ts";

export type HeliaNode = HeliaWithLibp2p<HostServices>;

/** The peer's private key, Ed25519: made on the first start, and kept in the datastore. */
export function peerKey({ datastore }: Pick<Stores, "datastore">): Promise<Ed25519PrivateKey> {
  return loadOrCreateSelfKey(datastore) as Promise<Ed25519PrivateKey>;
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

/**
 * Starts a Helia node that has only bitswap over our own libp2p host: no public bootstrap list, no gateways, no delegated routing. The
 * host's key is made on the first start and kept in the datastore.
 *
 * @throws {@link ListenError}
 */
export async function startHelia(stores: Stores, host: HostParameters): Promise<HeliaNode> {
  const { blockstore, datastore } = stores;
  const helia = createHeliaLight({ blockstore, datastore, hashers: [blake3] });
  const node = withBitswap(withLibp2pLight(helia, hostOptions(host)), {
    doNotResendBlockWindow: REMEMBER_ANSWERED_MS,
    // A node that is reached through a relay alone has blocks to give, too.
    runOnLimitedConnections: true,
  });
  const addBlockBroker = node.addBlockBroker.bind(node);
  node.addBlockBroker = (broker) => {
    forgetAnsweredWants(broker);
    addBlockBroker(broker);
  };
  try {
    await node.start();
  } catch (cause) {
    await node.stop();
    const cannotListen = (cause as Error).name === "UnsupportedListenAddressesError";
    throw cannotListen ? new ListenError(host.listen, { cause }) : cause;
  }
  return node;
}
