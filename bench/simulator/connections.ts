import type { Draws } from "./random.ts";

/** Who is connected to whom: a table with a row for each peer, since a hundred thousand of them have ten million connections. */
export interface Connections {
  peers: number;
  /** Row `peer` begins at `peer * room`. An entry is twice the neighbour's number, and 1 more if this peer dialled it. */
  links: Int32Array;
  room: number;
  counts: Int32Array;
}

export const neighbourOf = (link: number) => link >> 1;
export const isOutbound = (link: number) => (link & 1) === 1;

/** @returns the place of a neighbour in a row of links, or −1. */
export function findLink(
  { links, room, counts }: Omit<Connections, "peers">,
  peer: number,
  neighbour: number,
): number {
  const row = peer * room;
  const count = counts[peer] as number;
  for (let slot = 0; slot < count; slot++) {
    if (neighbourOf(links[row + slot] as number) === neighbour) return slot;
  }
  return -1;
}

/** Each peer dials half of its connections, at random; in a small network all are connected. */
export function connect(peers: number, connections: number, { below }: Draws): Connections {
  const isComplete = peers - 1 <= connections;
  // As many again may dial a peer as it dials itself, and by chance some more.
  const room = isComplete ? peers : connections + 8 * Math.ceil(Math.sqrt(connections));
  const links = new Int32Array(peers * room);
  const made: Connections = { peers, links, room, counts: new Int32Array(peers) };
  const { counts } = made;

  function add(dialler: number, other: number): void {
    const own = counts[dialler] as number;
    const theirs = counts[other] as number;
    if (own === room || theirs === room || dialler === other) return;
    if (findLink(made, dialler, other) >= 0) return;
    links[dialler * room + own] = other * 2 + 1;
    links[other * room + theirs] = dialler * 2;
    counts[dialler] = own + 1;
    counts[other] = theirs + 1;
  }

  for (let peer = 0; peer < peers; peer++) {
    if (isComplete) for (let other = 0; other < peer; other++) add(peer, other);
    else for (let dial = 0; dial < connections / 2; dial++) add(peer, below(peers));
  }
  return made;
}
