import { lookup, resolveTxt } from "node:dns/promises";
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";

/** Names that lead to names that lead to names are followed so far. */
const DEEPEST = 4;
/** Most addresses that a name may stand for. */
const MOST = 64;

/** How names are looked up: the system's way. */
export interface Names {
  /** All IP addresses of a host. */
  lookup(host: string, family: 0 | 4 | 6): Promise<string[]>;
  /** The TXT records of a name. */
  texts(name: string): Promise<string[]>;
}

const systemNames: Names = {
  lookup: async (host, family) =>
    (await lookup(host, { family, all: true })).map(({ address }) => address),
  texts: async (name) => (await resolveTxt(name)).map((chunks) => chunks.join("")),
};

/**
 * All addresses that an address with a name stands for: the hosts of `/dns4/…`, `/dns6/…` and `/dns/…`, as those of a headless service,
 * which are as many peers, and what `/dnsaddr/…` lists. libp2p itself connects to one of them. A name that is not known stands for none.
 */
export async function resolveAddress(
  address: Multiaddr,
  names: Names = systemNames,
  depth = 0,
): Promise<Multiaddr[]> {
  const [first, ...rest] = address.toString().slice(1).split("/");
  const [host = "", ...tail] = rest;
  try {
    switch (first) {
      case "dns":
      case "dns4":
      case "dns6": {
        const family = first === "dns4" ? 4 : first === "dns6" ? 6 : 0;
        const found = await names.lookup(host, family);
        return found.slice(0, MOST).map((ip) => multiaddr([withIp(ip), ...tail].join("/")));
      }
      case "dnsaddr": {
        if (depth >= DEEPEST) return [];
        const peer = tail[0] === "p2p" ? `/p2p/${tail[1]}` : "";
        const listed = (await names.texts(`_dnsaddr.${host}`))
          .flatMap((text) => (text.startsWith("dnsaddr=") ? text.slice("dnsaddr=".length) : []))
          .filter((text) => text.endsWith(peer))
          .slice(0, MOST);
        const all = await Promise.all(
          listed.map((text) => resolveAddress(multiaddr(text), names, depth + 1)),
        );
        return all.flat().slice(0, MOST);
      }
      default:
        return [address];
    }
  } catch {
    // The name is not known, its server does not answer, or it lists what is no address: others may be.
    return [];
  }
}

function withIp(ip: string): string {
  return ip.includes(":") ? `/ip6/${ip}` : `/ip4/${ip}`;
}
