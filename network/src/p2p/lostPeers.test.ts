import type { Libp2p, PeerId } from "@libp2p/interface";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LostPeers } from "./lostPeers.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What it takes of a host: who is connected, and that this changes. */
function host(count: number) {
  const target = new EventTarget();
  const peers = new Map(Array.from({ length: count }, (_, i) => [`${i}`, idOf(`${i}`)]));
  const event = (type: string, id: PeerId) =>
    target.dispatchEvent(new CustomEvent(type, { detail: id }));
  return {
    libp2p: Object.assign(target, { getPeers: () => [...peers.values()] }) as unknown as Libp2p,
    lose(...names: number[]) {
      for (const name of names) {
        peers.delete(`${name}`);
        event("peer:disconnect", idOf(`${name}`));
      }
    },
    find(...names: number[]) {
      for (const name of names) {
        peers.set(`${name}`, idOf(`${name}`));
        event("peer:connect", idOf(`${name}`));
      }
    },
  };
}
const idOf = (name: string) => ({ toString: () => name }) as PeerId;
const names = (ids: PeerId[]) => ids.map(String);

test("a third of the peers lost at once is a partition, until most of them are back", () => {
  const { libp2p, lose, find } = host(9);
  const lost = new LostPeers(libp2p);
  lose(0, 1);
  expect(lost.suspectedSince).toBeUndefined();
  expect(lost.toDial(8)).toEqual([]);
  lose(2);
  expect(lost.suspectedSince).toBe(Date.now());
  expect(names(lost.toDial(2))).toEqual(["0", "1"]);
  expect(names(lost.toDial(2))).toEqual(["2", "0"]);
  find(1);
  expect(lost.suspectedSince).toBeUndefined();
});

test("who leaves one by one is not missed", () => {
  const { libp2p, lose } = host(6);
  const lost = new LostPeers(libp2p);
  for (let i = 0; i < 6; i++) {
    lose(i);
    vi.advanceTimersByTime(31_000);
    expect(lost.suspectedSince).toBeUndefined();
  }
});

test("who was sent away is no loss", () => {
  const { libp2p, lose } = host(4);
  const lost = new LostPeers(libp2p, (peerId) => peerId === "3");
  lose(0, 1, 2, 3);
  expect(lost.suspectedSince).toBeUndefined();
});

test("after ten minutes those that are missing are gone", () => {
  const { libp2p, lose } = host(4);
  const lost = new LostPeers(libp2p);
  lose(0, 1, 2);
  expect(lost.suspectedSince).toBeDefined();
  vi.advanceTimersByTime(10 * 60_000);
  expect(lost.suspectedSince).toBeUndefined();
  expect(lost.toDial(8)).toEqual([]);
});

test("a host that is stopped is not listened to", () => {
  const { libp2p, lose } = host(2);
  const lost = new LostPeers(libp2p);
  lost.stop();
  lose(0, 1);
  expect(lost.suspectedSince).toBeUndefined();
});
