import { hash } from "node:crypto";
import type { ContentRouting, PeerId, PeerInfo } from "@libp2p/interface";
import type { Multiaddr } from "@multiformats/multiaddr";
import { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
import * as Digest from "multiformats/hashes/digest";
import { sha256 } from "multiformats/hashes/sha2";
import type { Address } from "viem";

/** What a peer does for others. */
export type ServiceRole = "bootstrap" | "relay" | "runner" | "worker" | "auditor" | "juror";

/** Whose jobs a worker, an auditor or a juror works on. */
export interface Market {
  chainId: number;
  marketplace: Address;
}

/** A peer that says that it has a role. */
export interface ServicePeer {
  peerId: string;
  /** Where it says that it can be reached, with its peer id; maybe none, where it is connected already. */
  multiaddrs: string[];
}

/**
 * The name of a service. Relays, runners and bootstrap peers serve every market, so that theirs names none: `assay/service/1/relay`, but
 * `assay/service/1/8453/0x…/worker`, with the address in lower case.
 */
export function serviceName(role: ServiceRole, market: Market | undefined): string {
  if (role === "relay" || role === "runner" || role === "bootstrap") {
    return `assay/service/1/${role}`;
  }
  if (market === undefined) throw new TypeError(`a ${role} is one of a marketplace: name it`);
  const { chainId, marketplace } = market;
  return `assay/service/1/${chainId}/${marketplace.toLowerCase()}/${role}`;
}

/** The key of a service's provider records in the DHT: the CID of a raw block that holds its name. */
export function serviceKey(name: string): CID {
  const digest = hash("sha256", new TextEncoder().encode(name), "buffer");
  return CID.createV1(raw.code, Digest.create(sha256.code, digest));
}

/**
 * The peers that announce a service, as the DHT knows them, each once. Records are not proof of anything: whoever asks for one gets
 * what somebody has put there.
 */
export async function* findService(
  routing: ContentRouting,
  name: string,
  { self, signal }: { self: PeerId; signal: AbortSignal },
): AsyncGenerator<PeerInfo> {
  const seen = new Set([self.toString()]);
  for await (const peer of routing.findProviders(serviceKey(name), { signal })) {
    const id = peer.id.toString();
    if (seen.has(id)) continue;
    seen.add(id);
    yield peer;
  }
}

/** The peer, with its id at the end of each address. */
export function servicePeerOf({ id, multiaddrs }: PeerInfo): ServicePeer {
  const named = (address: Multiaddr) =>
    address.toString().endsWith(`/p2p/${id}`) ? address : address.encapsulate(`/p2p/${id}`);
  return {
    peerId: id.toString(),
    multiaddrs: multiaddrs.map((address) => named(address).toString()),
  };
}
