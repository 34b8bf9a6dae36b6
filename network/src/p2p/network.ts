import { networkInterfaces } from "node:os";
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

  constructor(address: string, options?: AssayErrorOptions) {
    super(
      `"${address}" is no address of a peer: give a multiaddr with a peer id, such as /ip4/127.0.0.1/tcp/4001/p2p/12D3Koo…, as bootstrap peer or relay.`,
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

/**
 * Where a peer listens by default: on any free TCP port, in a local network on loopback alone, in a public one by IPv6 too where the machine
 * has it.
 */
export function defaultListen(network: NetworkKind): string[] {
  if (network === "local") return ["/ip4/127.0.0.1/tcp/0"];
  const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ family, internal }) => family === "IPv6" && !internal),
  );
  return ["/ip4/0.0.0.0/tcp/0", ...(hasIpv6 ? ["/ip6/::/tcp/0"] : [])];
}

const CIRCUIT = "/p2p-circuit";

export interface Listening {
  /** Addresses of this machine. */
  own: string[];
  /** Relays to listen by way of. */
  relays: Multiaddr[];
  /** Whether to listen by way of any relays that are found. */
  findsRelays: boolean;
}

/**
 * Tells addresses of this machine from `<relay>/p2p-circuit` and `/p2p-circuit`.
 *
 * @throws {@link MalformedAddressError} when a relay is named without its peer id.
 */
export function readListen(listen: readonly string[]): Listening {
  const throughRelays = listen.filter((address) => address.endsWith(CIRCUIT));
  return {
    own: listen.filter((address) => !address.endsWith(CIRCUIT)),
    relays: throughRelays
      .filter((address) => address !== CIRCUIT)
      .map((address) => readPeerAddress(address.slice(0, -CIRCUIT.length))),
    findsRelays: throughRelays.includes(CIRCUIT),
  };
}

/** @throws {@link MalformedAddressError} when the address names no peer. */
export function readPeerAddress(address: string): Multiaddr {
  const read = readAddress(address);
  if (!read.getComponents().some(({ name }) => name === "p2p")) {
    throw new MalformedAddressError(address);
  }
  return read;
}

function readAddress(address: string): Multiaddr {
  try {
    return multiaddr(address);
  } catch (cause) {
    throw new MalformedAddressError(address, { cause });
  }
}
