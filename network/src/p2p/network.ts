import { AssayError } from "@assay/sdk";
import { isPrivate } from "@libp2p/utils";
import { multiaddr } from "@multiformats/multiaddr";

/**
 * Where a node's peers are. `local`: on this machine or in this private network (tests, the playground, a cluster);
 * loopback and private addresses are used, and many peers behind one address are normal. `public`: on the internet;
 * such addresses are neither dialled nor remembered, whatever a peer says.
 */
export type NetworkKind = "local" | "public";

/** An address that means something in a private network alone was given for the public one. */
export class PrivateAddressError extends AssayError {
  readonly code = "PRIVATE_ADDRESS";
  readonly retryable = false;
  readonly address: string;

  constructor(address: string) {
    super(
      `${address} is a private address, which a public node does not dial: give a public one, or --network local.`,
    );
    this.address = address;
  }
}

/** @throws {@link PrivateAddressError} when a node of this kind would not dial one of the addresses. */
export function checkDialable(addresses: readonly string[], network: NetworkKind): void {
  if (network === "local") return;
  const hidden = addresses.find((address) => isPrivate(multiaddr(address)));
  if (hidden !== undefined) throw new PrivateAddressError(hidden);
}
