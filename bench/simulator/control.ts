import type { FrameBytes } from "../../network/test/gossipFrames.ts";
import type { Costs } from "./costs.ts";
import type { Network } from "./network.ts";

export interface ControlTraffic {
  /** Neighbours outside the mesh that a peer tells of new messages at each heartbeat. */
  told: number;
  /** Ids of which each is told then. */
  ids: number;
  /** Sent and received by a peer. */
  bytesPerSecond: number;
  /** Of a peer's processor. */
  cpuShare: number;
}

/** What it takes to tell of ids, of all messages that were heard in the last heartbeats: every peer does it, whoever lacks one or not. */
export function controlTraffic(
  { graph, mesh, gossip, peers }: Pick<Network, "graph" | "mesh" | "gossip" | "peers">,
  messagesPerSecond: number,
  costs: Costs,
  frames: FrameBytes,
): ControlTraffic {
  const mean = (counts: Int32Array) => counts.reduce((sum, one) => sum + one, 0) / peers;
  const outside = Math.max(0, mean(graph.counts) - mean(mesh.counts));
  const told = Math.min(outside, Math.max(gossip.Dlazy, gossip.gossipFactor * outside));
  const heartbeats = 1_000 / gossip.heartbeatInterval;
  const ids = (messagesPerSecond * gossip.mcacheGossip) / heartbeats;
  // With few messages most heartbeats have nothing to tell.
  const isAny = 1 - Math.exp(-ids);
  const framesPerSecond = told * heartbeats * isAny;
  const each = Math.round(ids / Math.max(isAny, 1e-9));
  const cpuMs = costs.send + costs.duplicate + 2 * each * costs.id;
  return {
    ...{ told, ids: each },
    bytesPerSecond: 2 * framesPerSecond * frames.withIds(each),
    cpuShare: (framesPerSecond * cpuMs) / 1_000,
  };
}
