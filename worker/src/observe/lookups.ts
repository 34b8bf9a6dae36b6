import type { Peer, ServicePeer, ServiceRole } from "@assay/network";
import { AssayError } from "@assay/sdk";
import { CID } from "multiformats/cid";
import { json, type Routes } from "./httpServer.ts";

/** How long a lookup may take, in milliseconds. */
const PING_MS = 10_000;
const FIND_MS = 15_000;
/** Peers that a lookup lists at most. */
const MOST_FOUND = 100;

const ROLES: readonly ServiceRole[] = [
  "worker",
  "auditor",
  "juror",
  "runner",
  "relay",
  "bootstrap",
];
/** The codec of CIDs that are peer ids. */
const LIBP2P_KEY = 0x72;

/** What was looked for, and who was found. */
export interface Found {
  kind: "role" | "content" | "peer";
  peers: ServicePeer[];
  /** Whether the search came to its end, and was not cut off. */
  isComplete: boolean;
}

export interface Pinged {
  ms: number;
  /** Over what address. */
  multiaddr: string;
}

/** Answers questions about other peers that are asked of the node. */
export function lookupRoutes(
  peer: () => Pick<Peer, "ping" | "findServices" | "findProviders" | "findPeer">,
): Routes {
  return {
    async "GET /ping"(query) {
      const signal = AbortSignal.timeout(PING_MS);
      try {
        const answer: Pinged = await peer().ping(query.get("peer") ?? "", { signal });
        return json(200, answer);
      } catch (error) {
        if (!(error instanceof AssayError)) throw error;
        return json(error.retryable ? 504 : 400, { error: error.shortMessage });
      }
    },
    async "GET /find"(query) {
      return json(200, await find(peer(), query.get("what") ?? ""));
    },
  };
}

async function find(
  peer: Pick<Peer, "findServices" | "findProviders" | "findPeer">,
  what: string,
): Promise<Found> {
  const signal = AbortSignal.timeout(FIND_MS);
  const role = ROLES.find((one) => one === what);
  if (role !== undefined) {
    return { kind: "role", ...(await collect(peer.findServices(role, { signal }), signal)) };
  }
  const cid = contentOf(what);
  if (cid !== undefined) {
    return { kind: "content", ...(await collect(peer.findProviders(cid, { signal }), signal)) };
  }
  const one = async function* () {
    const found = await peer.findPeer(what, { signal });
    if (found !== undefined) yield found;
  };
  return { kind: "peer", ...(await collect(one(), signal)) };
}

function contentOf(what: string): CID | undefined {
  try {
    const cid = CID.parse(what);
    return cid.code === LIBP2P_KEY ? undefined : cid;
  } catch {
    return undefined; // a peer id, or nothing at all
  }
}

/** What was found until the time is over. */
async function collect(
  found: AsyncIterable<ServicePeer>,
  signal: AbortSignal,
): Promise<Pick<Found, "peers" | "isComplete">> {
  const peers: ServicePeer[] = [];
  try {
    for await (const peer of found) {
      peers.push(peer);
      if (peers.length === MOST_FOUND) return { peers, isComplete: false };
    }
    return { peers, isComplete: true };
  } catch (error) {
    if (!signal.aborted) throw error;
    return { peers, isComplete: false };
  }
}
