import { AssayError, type AssayErrorOptions, blake3 } from "@assay/sdk";
import { withBitswap } from "@helia/bitswap";
import { type HeliaWithLibp2p, withLibp2pLight } from "@helia/libp2p";
import { createHeliaLight } from "helia";
import { type HostParameters, type HostServices, hostOptions } from "../p2p/hostOptions.ts";
import { forgetAnsweredWants, REMEMBER_ANSWERED_MS } from "./answeredWants.ts";
import { type BitswapClient, createBitswapClient } from "./exchange/bitswapClient.ts";
import type { Stores } from "./stores.ts";

export interface HeliaNode extends HeliaWithLibp2p<HostServices> {
  /** Asks single peers for single blocks. */
  readonly bitswap: BitswapClient;
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
  let bitswap: BitswapClient | undefined;
  node.addBlockBroker = (broker) => {
    forgetAnsweredWants(broker);
    bitswap = createBitswapClient(broker);
    addBlockBroker(broker);
  };
  try {
    await node.start();
  } catch (cause) {
    await node.stop();
    const cannotListen = (cause as Error).name === "UnsupportedListenAddressesError";
    throw cannotListen ? new ListenError(host.listen, { cause }) : cause;
  }
  if (bitswap === undefined) throw new TypeError("Helia started without bitswap");
  return Object.assign(node, { bitswap });
}
