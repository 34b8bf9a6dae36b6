import { jobGossipOptions } from "../../network/src/gossip/options.ts";
import { type Connections, connect, neighbourOf } from "./connections.ts";
import { type Latency, latencyMs } from "./latency.ts";
import { formMesh, type Mesh, type MeshNumbers } from "./mesh.ts";
import { drawsOf, uniformOfPair } from "./random.ts";

/** What gossipsub takes where `jobGossipOptions` says nothing: constants of @libp2p/gossipsub 17 that it does not export. */
const LIBRARY = { gossipFactor: 0.25, mcacheGossip: 3, heartbeatInterval: 1_000 };

/** The parameters of gossip that the simulator knows. */
export interface GossipNumbers extends MeshNumbers {
  /** Neighbours outside the mesh that are told the ids of new messages: at least so many, and at least that share of them. */
  Dlazy: number;
  gossipFactor: number;
  /** For so many heartbeats an id is told. */
  mcacheGossip: number;
  heartbeatInterval: number;
}

/** Those of our peers. */
export function ourGossip(): GossipNumbers {
  const options = jobGossipOptions({ topic: "", areColocated: false, scoreOf: () => 0 });
  const { D, Dlo, Dhi, Dout, Dlazy, gossipFactor, mcacheGossip, heartbeatInterval } = {
    ...LIBRARY,
    ...options,
  };
  if (D === undefined || Dlo === undefined || Dhi === undefined || Dout === undefined) {
    throw new TypeError("jobGossipOptions leaves the mesh to the library");
  }
  if (Dlazy === undefined) throw new TypeError("jobGossipOptions leaves Dlazy to the library");
  return { D, Dlo, Dhi, Dout, Dlazy, gossipFactor, mcacheGossip, heartbeatInterval };
}

export interface NetworkOptions {
  peers: number;
  /** Connections of a peer, at most. */
  connections: number;
  latency: Latency;
  gossip: GossipNumbers;
  /** Share of peers that have gone, which those connected to them have not noticed yet. */
  silentShare: number;
  seed: number;
}

/** A network that has formed. */
export interface Network extends NetworkOptions {
  graph: Connections;
  mesh: Mesh;
  /** For each link of the mesh, in milliseconds. */
  latencies: Float32Array;
  /** 1 for a peer that has gone. */
  silent: Uint8Array;
  /** Peers that are there. */
  present: number;
  latencyOf(one: number, other: number): number;
}

export function formNetwork(options: NetworkOptions): Network {
  const { peers, seed, latency, silentShare } = options;
  const draws = drawsOf(seed);
  const graph = connect(peers, options.connections, draws);
  const mesh = formMesh(graph, options.gossip, draws);
  const latencyOf = (one: number, other: number) =>
    latencyMs(latency, uniformOfPair(one, other, seed));
  const latencies = Float32Array.from(mesh.links, (link, at) => {
    const peer = Math.floor(at / mesh.room);
    const isLink = at - peer * mesh.room < (mesh.counts[peer] as number);
    return isLink ? latencyOf(peer, neighbourOf(link)) : 0;
  });
  const silent = Uint8Array.from({ length: peers }, () => (draws.uniform() < silentShare ? 1 : 0));
  const present = peers - silent.reduce((sum, one) => sum + one, 0);
  return { ...options, graph, mesh, latencies, silent, present, latencyOf };
}
