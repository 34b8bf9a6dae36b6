import type { GossipSub } from "@libp2p/gossipsub";
import type { Verdict } from "./admission.ts";
import type { JobGossip } from "./jobGossip.ts";
import type { Offenders } from "./offenders.ts";

/** Why a peer's mesh is as it is. */
export interface GossipReport {
  topic: string;
  /** Neighbours to which messages are sent at once. */
  mesh: string[];
  /** Neighbours that take part in the topic at all. */
  subscribers: string[];
  neighbours: NeighbourReport[];
  /** Messages heard, by what was found. */
  heard: Readonly<Record<Verdict, number>>;
  published: number;
  /** Peers and accounts that are banned now. */
  bans: number;
}

export interface NeighbourReport {
  peerId: string;
  isInMesh: boolean;
  /** Gossipsub's own, below −10 it is told of no messages, below −80 nothing of it is read. */
  score: number;
  /** Part of the score for what it did wrong, and for what stands behind its account. */
  offences: number;
  standing: number;
  isBanned: boolean;
}

/** What `GossipSub` in fact has, though its type does not say so. */
interface MeshAndScores {
  getMeshPeers(topic: string): string[];
  getScore(peerId: string): number;
}

export function explainGossip(
  pubsub: GossipSub,
  { topic, admission, published }: JobGossip,
  offenders: Offenders,
): GossipReport {
  const inner = pubsub as GossipSub & MeshAndScores;
  const mesh = new Set(inner.getMeshPeers(topic));
  const neighbours = pubsub.getPeers().map((peer) => {
    const peerId = peer.toString();
    return {
      peerId,
      isInMesh: mesh.has(peerId),
      score: inner.getScore(peerId),
      offences: offenders.score(peerId),
      standing: admission.standingOf(peerId),
      isBanned: offenders.isBanned(peerId),
    };
  });
  return {
    topic,
    mesh: [...mesh],
    subscribers: pubsub.getSubscribers(topic).map((peer) => peer.toString()),
    neighbours,
    heard: { ...admission.counts },
    published,
    bans: offenders.bans,
  };
}
