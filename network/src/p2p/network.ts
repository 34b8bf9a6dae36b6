import { AssayError, type AssayErrorOptions } from "@assay/sdk/protocol";
import { isPrivate } from "@libp2p/utils";
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";

/**
 * The location of a node's peers. `local`: on this machine or in this private network (tests, the playground, a cluster); loopback and
 * private addresses are used, and many peers behind one address are normal. `public`: on the internet; such addresses are neither dialled
 * nor remembered, whatever a peer says.
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

/** An address of a peer cannot be read. */
export class MalformedAddressError extends AssayError {
  readonly code = "ADDRESS_MALFORMED";
  readonly retryable = false;

  constructor(address: string, options: AssayErrorOptions) {
    super(
      `"${address}" is no address of a peer: give a multiaddr with a peer id, such as /ip4/127.0.0.1/tcp/4001/p2p/12D3Koo…, as bootstrap.`,
      options,
    );
  }
}

/**
 * @throws {@link MalformedAddressError} when one of the addresses cannot be read.
 * @throws {@link PrivateAddressError} when a node of this kind would not dial one of them.
 */
export function checkDialable(addresses: readonly string[], network: NetworkKind): void {
  const read = addresses.map((address) => ({ address, target: readAddress(address) }));
  if (network === "local") return;
  const hidden = read.find(({ target }) => isPrivate(target))?.address;
  if (hidden !== undefined) throw new PrivateAddressError(hidden);
}

function readAddress(address: string): Multiaddr {
  try {
    return multiaddr(address);
  } catch (cause) {
    throw new MalformedAddressError(address, { cause });
  }
}
