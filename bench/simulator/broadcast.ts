import FlatQueue from "flatqueue";
import type { FrameBytes } from "../../network/test/gossipFrames.ts";
import { neighbourOf } from "./connections.ts";
import type { Costs } from "./costs.ts";
import type { Network } from "./network.ts";
import type { Publication } from "./publications.ts";
import { type Draws, drawsOf } from "./random.ts";
import { type Background, Servers } from "./servers.ts";

/** gossipsub's default: of a message so long a peer tells its mesh that it has it now, before it looks at it. */
const IDONTWANT_FROM_BYTES = 512;

/** An event is a message, a peer and a place: that of the link in the peer's mesh by which a copy comes, or one of these. */
const PLACES = 64;
const FORWARD = 31;
const PUBLISH = 30;
/** A copy from outside the mesh: from its author, or asked for. */
const ASIDE = 29;
/** A peer is told the message's id. */
const TOLD = 28;
/** Once a heartbeat: those who lack the message may be told of it. */
const HEARTBEAT = 27;
/** From here on: the neighbour at that place does not want the message. */
const NOT_WANTED = 32;
const HAS_IT = 1 << 31;
/** Heartbeats in which those without a message may be told: by then its neighbours tell of later ones. */
const MOST_HEARTBEATS = 5;

export interface BroadcastOptions {
  network: Network;
  costs: Costs;
  frames: FrameBytes;
  publications: readonly Publication[];
  /** Processors that all peers share; without it each has its own. */
  cores?: number | undefined;
  /** What else keeps processors busy. */
  background?: Background | undefined;
  /** Share of strangers' messages that a peer ignores when they first come, for good, since there are too many. */
  ignoredShare?: number | undefined;
}

export interface BroadcastResult {
  /** Milliseconds from saying to hearing, ascending, for each thing said and each peer that heard it. */
  latencies: Float64Array;
  coverage: number;
  /** Share of the peers that get a message at all, taken or ignored. */
  reach: number;
  /** Copies of a message that reach a peer that it reaches. */
  duplicateFactor: number;
  /** CPU milliseconds of all peers. */
  cpuMs: number;
  /** Sent and received, of all peers: each byte counts twice. Without ids told once a heartbeat. */
  bytes: number;
  events: number;
}

/** Plays publications through a network, copy by copy. */
export function broadcast(options: BroadcastOptions): BroadcastResult {
  return new Broadcast(options).run();
}

class Broadcast {
  readonly #network: Network;
  readonly #costs: Costs;
  readonly #publications: readonly Publication[];
  readonly #servers: Servers;
  readonly #draws: Draws;
  readonly #ignoredShare: number;
  readonly #queue = new FlatQueue();
  /** By message and peer: whether it has the message, and from which links copies came before it passed it on. */
  readonly #copies: Int32Array;
  /** By message, how many peers have it. */
  readonly #reached: Int32Array;
  readonly #frameBytes: number[];
  readonly #notWantedBytes: number;
  readonly #latencies: Float64Array;
  #heard = 0;
  #arrivals = 0;
  #firsts = 0;
  #sentBytes = 0;
  #events = 0;

  constructor({ network, costs, frames, publications, ...options }: BroadcastOptions) {
    const { cores, background, ignoredShare = 0 } = options;
    this.#ignoredShare = ignoredShare;
    this.#network = network;
    this.#costs = costs;
    this.#publications = publications;
    this.#draws = drawsOf(network.seed + 1);
    this.#servers = new Servers(cores ?? network.peers, this.#draws, background);
    this.#copies = new Int32Array(publications.length * network.peers);
    this.#reached = new Int32Array(publications.length);
    this.#frameBytes = publications.map(({ bytes }) => frames.withMessage(bytes));
    this.#notWantedBytes = frames.withIds(1);
    const said = publications.reduce((sum, { saidAtMs }) => sum + saidAtMs.length, 0);
    this.#latencies = new Float64Array(said * network.present);
  }

  run(): BroadcastResult {
    this.#publications.forEach(({ atMs, author }, message) => {
      this.#push(atMs, message, author, PUBLISH);
    });
    for (;;) {
      const at = this.#queue.peekValue();
      const id = this.#queue.pop();
      if (at === undefined || id === undefined) break;
      this.#events++;
      const key = Math.floor(id / PLACES);
      this.#handle(at, Math.floor(key / this.#network.peers), key, id % PLACES);
    }
    const { present } = this.#network;
    const expected = this.#publications.reduce(
      (sum, { saidAtMs }) => sum + saidAtMs.length * (present - 1),
      0,
    );
    return {
      latencies: this.#latencies.subarray(0, this.#heard).sort(),
      coverage: expected === 0 ? 1 : this.#heard / expected,
      reach: this.#firsts / (this.#publications.length * (present - 1)),
      duplicateFactor: this.#arrivals / Math.max(1, this.#firsts),
      cpuMs: this.#servers.usedMs,
      bytes: 2 * this.#sentBytes,
      events: this.#events,
    };
  }

  #push(at: number, message: number, peer: number, place: number): void {
    this.#queue.push((message * this.#network.peers + peer) * PLACES + place, at);
  }

  #handle(at: number, message: number, key: number, place: number): void {
    const peer = key - message * this.#network.peers;
    if (place === PUBLISH) this.#publish(at, message, peer);
    else if (place === FORWARD) this.#forward(at, message, peer);
    else if (place === HEARTBEAT) this.#tellThoseWithout(at, message);
    else if (place === TOLD) this.#ask(at, message, peer);
    else if (place >= NOT_WANTED) this.#note(key, place - NOT_WANTED);
    else this.#receive(at, message, peer, place);
  }

  #note(key: number, slot: number): void {
    this.#copies[key] = (this.#copies[key] as number) | (1 << slot);
  }

  /** The author sends to everybody it is connected to: gossipsub's flood publishing. */
  #publish(at: number, message: number, peer: number): void {
    const { graph, mesh, gossip } = this.#network;
    this.#copies[message * this.#network.peers + peer] = HAS_IT;
    this.#reached[message] = 1;
    const begunAt = this.#servers.serve(peer, at, this.#costs.publish);
    const count = graph.counts[peer] as number;
    const places = new Map<number, number>();
    for (let slot = 0; slot < (mesh.counts[peer] as number); slot++) {
      const link = peer * mesh.room + slot;
      places.set(neighbourOf(mesh.links[link] as number), mesh.back[link] as number);
    }
    for (let slot = 0; slot < count; slot++) {
      const other = neighbourOf(graph.links[peer * graph.room + slot] as number);
      const way = this.#network.latencyOf(peer, other);
      this.#send(begunAt, slot, message, other, places.get(other) ?? ASIDE, way);
    }
    this.#servers.serve(peer, begunAt, count * this.#costs.send);
    this.#push(at + gossip.heartbeatInterval, message, peer, HEARTBEAT);
  }

  #send(at: number, nth: number, message: number, to: number, place: number, way: number): void {
    const bytes = this.#frameBytes[message] as number;
    const each = Math.max(this.#costs.send, bytes / this.#network.latency.uplink);
    this.#sentBytes += bytes;
    if (this.#network.silent[to] === 0) {
      this.#push(at + nth * each + this.#costs.send + way, message, to, place);
    }
  }

  #receive(at: number, message: number, peer: number, place: number): void {
    const key = message * this.#network.peers + peer;
    const before = this.#copies[key] as number;
    this.#arrivals++;
    this.#copies[key] = before | HAS_IT | (place < HEARTBEAT ? 1 << place : 0);
    if ((before & HAS_IT) !== 0) {
      this.#servers.serve(peer, at, this.#costs.duplicate);
      return;
    }
    this.#firsts++;
    this.#reached[message] = (this.#reached[message] as number) + 1;
    const isStranger = this.#publications[message]?.isStranger === true;
    if (isStranger && this.#draws.uniform() < this.#ignoredShare) {
      this.#servers.serve(peer, at, this.#costs.duplicate);
      return;
    }
    const takenAt = this.#servers.serve(peer, at, this.#costs.first);
    for (const saidAt of this.#publications[message]?.saidAtMs ?? []) {
      this.#latencies[this.#heard++] = takenAt - saidAt;
    }
    if ((this.#publications[message]?.bytes ?? 0) >= IDONTWANT_FROM_BYTES) {
      this.#tellNotWanted(at, message, peer, place);
    }
    this.#push(takenAt, message, peer, FORWARD);
  }

  /** Those in the mesh that hear of it before they pass the message on leave this peer out. */
  #tellNotWanted(at: number, message: number, peer: number, from: number): void {
    const { mesh, latencies } = this.#network;
    for (let slot = 0; slot < (mesh.counts[peer] as number); slot++) {
      if (slot === from) continue;
      const link = peer * mesh.room + slot;
      const other = neighbourOf(mesh.links[link] as number);
      this.#sentBytes += this.#notWantedBytes;
      this.#servers.use(peer, this.#costs.send);
      const place = NOT_WANTED + (mesh.back[link] as number);
      this.#push(at + (latencies[link] as number), message, other, place);
    }
  }

  /** To the mesh, but for those from which copies have come meanwhile. */
  #forward(at: number, message: number, peer: number): void {
    const { mesh, latencies } = this.#network;
    const came = this.#copies[message * this.#network.peers + peer] as number;
    let sent = 0;
    for (let slot = 0; slot < (mesh.counts[peer] as number); slot++) {
      if ((came & (1 << slot)) !== 0) continue;
      const link = peer * mesh.room + slot;
      const other = neighbourOf(mesh.links[link] as number);
      this.#send(at, sent++, message, other, mesh.back[link] as number, latencies[link] as number);
    }
    this.#servers.use(peer, sent * this.#costs.send);
  }

  /** Where the mesh has not brought it, neighbours' heartbeats tell of it. Of others nothing comes of that but bytes, reckoned apart. */
  #tellThoseWithout(at: number, message: number): void {
    const { peers, silent, present, gossip } = this.#network;
    const sinceMs = at - (this.#publications[message]?.atMs ?? 0);
    const isOver = sinceMs > MOST_HEARTBEATS * gossip.heartbeatInterval;
    if (this.#reached[message] === present || isOver) return;
    for (let peer = 0; peer < peers; peer++) {
      const hasIt = ((this.#copies[message * peers + peer] as number) & HAS_IT) !== 0;
      if (!hasIt && silent[peer] === 0) this.#tellOne(at, message, peer);
    }
    this.#push(at + gossip.heartbeatInterval, message, 0, HEARTBEAT);
  }

  #tellOne(at: number, message: number, peer: number): void {
    const { peers, graph, gossip, latencyOf } = this.#network;
    for (let slot = 0; slot < (graph.counts[peer] as number); slot++) {
      const other = neighbourOf(graph.links[peer * graph.room + slot] as number);
      if (((this.#copies[message * peers + other] as number) & HAS_IT) === 0) continue;
      const outside = Math.max(1, (graph.counts[other] as number) - gossip.D);
      const told = Math.max(gossip.Dlazy, gossip.gossipFactor * outside);
      if (this.#draws.uniform() * outside >= told) continue;
      const beatAt = at + this.#draws.uniform() * gossip.heartbeatInterval;
      this.#push(beatAt + latencyOf(peer, other), message, peer, TOLD);
      return;
    }
  }

  #ask(at: number, message: number, peer: number): void {
    const { peers, graph, latencyOf } = this.#network;
    if (((this.#copies[message * peers + peer] as number) & HAS_IT) !== 0) return;
    // Who told is not in the event: one of its connections.
    const row = peer * graph.room;
    const link = graph.links[row + this.#draws.below(graph.counts[peer] as number)] as number;
    const way = latencyOf(peer, neighbourOf(link));
    this.#sentBytes += this.#notWantedBytes;
    this.#send(at + way, 0, message, peer, ASIDE, way);
  }
}
