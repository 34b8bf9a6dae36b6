import { type Connections, findLink, isOutbound, neighbourOf } from "./connections.ts";
import type { Draws } from "./random.ts";

/** The numbers of gossipsub that shape its mesh. */
export interface MeshNumbers {
  D: number;
  Dlo: number;
  Dhi: number;
  Dout: number;
}

/** Places beyond Dhi, since whom a peer dialled itself is never refused. */
const ROOM_BEYOND = 6;
/** After so many heartbeats a mesh counts as formed. A minute later those who were refused might be asked again. */
const MOST_ROUNDS = 60;

/** Those of its connections that each peer sends messages to at once, in the same form. */
export interface Mesh extends Connections {
  /** For each link, the place of this peer in the row of the other. */
  back: Uint8Array;
}

/**
 * Has all peers keep their meshes, heartbeat after heartbeat, until nothing changes: who has fewer than Dlo asks others up to D; asked,
 * a peer with Dhi refuses unless it dialled the other; who has more than Dhi drops some down to D, and those two leave each other alone.
 * All have the same score here.
 */
export function formMesh(connections: Connections, numbers: MeshNumbers, draws: Draws): Mesh {
  const { peers } = connections;
  const room = numbers.Dhi + ROOM_BEYOND;
  const mesh: Mesh = {
    ...{ peers, room, links: new Int32Array(peers * room), counts: new Int32Array(peers) },
    back: new Uint8Array(peers * room),
  };
  const keeper = new MeshKeeper(mesh, connections, numbers, draws);
  const order = Int32Array.from({ length: peers }, (_, peer) => peer);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    shuffle(order, draws);
    let changes = 0;
    for (const peer of order) changes += keeper.heartbeat(peer);
    if (changes === 0) break;
  }
  for (let peer = 0; peer < peers; peer++) {
    for (let at = peer * room; at < peer * room + (mesh.counts[peer] as number); at++) {
      mesh.back[at] = findLink(mesh, neighbourOf(mesh.links[at] as number), peer);
    }
  }
  return mesh;
}

function shuffle(values: Int32Array, { below }: Draws): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = below(i + 1);
    const value = values[i] as number;
    values[i] = values[j] as number;
    values[j] = value;
  }
}

class MeshKeeper {
  readonly #mesh: Mesh;
  readonly #connections: Connections;
  readonly #numbers: MeshNumbers;
  readonly #draws: Draws;
  /** Pairs that leave each other alone for a minute, after one has dropped the other. */
  readonly #backoff = new Set<number>();

  constructor(mesh: Mesh, connections: Connections, numbers: MeshNumbers, draws: Draws) {
    this.#mesh = mesh;
    this.#connections = connections;
    this.#numbers = numbers;
    this.#draws = draws;
  }

  /** @returns the number of links that were made, refused or dropped. */
  heartbeat(peer: number): number {
    const { D, Dlo, Dhi, Dout } = this.#numbers;
    let changes = 0;
    if (this.#count(peer) < Dlo) changes += this.#ask(peer, D - this.#count(peer), () => true);
    if (this.#count(peer) > Dhi) changes += this.#drop(peer);
    if (this.#count(peer) >= Dlo) {
      const missing = Dout - this.#row(peer).filter(isOutbound).length;
      if (missing > 0) changes += this.#ask(peer, missing, isOutbound);
    }
    return changes;
  }

  #count(peer: number): number {
    return this.#mesh.counts[peer] as number;
  }

  #row(peer: number): Int32Array {
    const { links, room } = this.#mesh;
    return links.subarray(peer * room, peer * room + this.#count(peer));
  }

  #pair(one: number, other: number): number {
    return Math.min(one, other) * this.#mesh.peers + Math.max(one, other);
  }

  #ask(peer: number, wanted: number, isWanted: (link: number) => boolean): number {
    const { links, room, counts } = this.#connections;
    const candidates = links
      .slice(peer * room, peer * room + (counts[peer] as number))
      .filter((link) => {
        const other = neighbourOf(link);
        const isFree = findLink(this.#mesh, peer, other) < 0;
        return isFree && isWanted(link) && !this.#backoff.has(this.#pair(peer, other));
      });
    shuffle(candidates, this.#draws);
    const asked = candidates.subarray(0, wanted);
    for (const link of asked) {
      const other = neighbourOf(link);
      if (this.#accepts(other, !isOutbound(link))) this.#join(peer, link);
      else this.#backoff.add(this.#pair(peer, other));
    }
    return asked.length;
  }

  #accepts(peer: number, isOwnDial: boolean): boolean {
    const count = this.#count(peer);
    return count < this.#numbers.Dhi || (isOwnDial && count < this.#mesh.room);
  }

  #join(peer: number, link: number): void {
    const { links, room, counts } = this.#mesh;
    const other = neighbourOf(link);
    if (this.#count(peer) === room) return;
    links[peer * room + this.#count(peer)] = link;
    links[other * room + this.#count(other)] = peer * 2 + (isOutbound(link) ? 0 : 1);
    counts[peer] = this.#count(peer) + 1;
    counts[other] = this.#count(other) + 1;
  }

  /** Keeps D at random, with Dout of those that it dialled where there are as many. */
  #drop(peer: number): number {
    const { D, Dout } = this.#numbers;
    const row = this.#row(peer).slice();
    shuffle(row, this.#draws);
    const own = [...row.filter(isOutbound)].slice(0, Dout);
    const others = [...row].filter((link) => !own.includes(link));
    const dropped = others.slice(D - own.length);
    for (const link of dropped) {
      const other = neighbourOf(link);
      this.#remove(peer, other);
      this.#remove(other, peer);
      this.#backoff.add(this.#pair(peer, other));
    }
    return dropped.length;
  }

  #remove(peer: number, other: number): void {
    const { links, room, counts } = this.#mesh;
    const slot = findLink(this.#mesh, peer, other);
    const last = this.#count(peer) - 1;
    links[peer * room + slot] = links[peer * room + last] as number;
    counts[peer] = last;
  }
}
