import type { Multiaddr } from "@multiformats/multiaddr";

/** The id of the peer at an address that names one. */
export function relayOf(address: Multiaddr): string {
  const id = address.getComponents().findLast(({ name }) => name === "p2p")?.value;
  if (id === undefined) throw new TypeError(`${address} does not name a peer`);
  return id;
}
