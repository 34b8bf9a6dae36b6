import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Presence } from "./message.ts";
import { createPresences, type PeerPresence, type Presences } from "./presences.ts";

const worker = (freeBatches: number): Presence => ({ roles: ["worker"], tags: [], freeBatches });
const author = (i: number) => ({ peerId: `peer${i}`, account: undefined, standing: 0 });

let said: number[];
let changes: [string, boolean][];
let presences: Presences;

beforeEach(() => {
  vi.useFakeTimers();
  said = [];
  changes = [];
  presences = createPresences({
    say: async ({ freeBatches }) => void said.push(freeBatches),
    onChange: ({ author }: PeerPresence, isThere) => changes.push([author.peerId, isThere]),
  });
});

afterEach(() => {
  presences.close();
  vi.useRealTimers();
});

test("a change is told at once, further ones after a second, and the last is what counts", () => {
  presences.tell(worker(3));
  vi.advanceTimersByTime(50);
  expect(said).toEqual([3]);
  for (const free of [2, 1, 0]) presences.tell(worker(free));
  presences.tell(worker(0));
  vi.advanceTimersByTime(999);
  expect(said).toEqual([3]);
  vi.advanceTimersByTime(1);
  expect(said).toEqual([3, 0]);
});

test("without a change it is repeated every 30 seconds", () => {
  presences.tell(worker(3));
  vi.advanceTimersByTime(91_000);
  expect(said).toEqual([3, 3, 3, 3]);
});

test("a newcomer is answered within a second, once for many", () => {
  presences.tell(worker(3));
  vi.advanceTimersByTime(50);
  for (let i = 0; i < 10; i++) presences.hear(author(i), worker(1));
  presences.greet();
  vi.advanceTimersByTime(1_050);
  expect(said).toEqual([3, 3]);
  presences.hear(author(0), worker(0)); // known
  vi.advanceTimersByTime(1_050);
  expect(said).toEqual([3, 3]);
});

test("in a large network nobody is answered, and everybody speaks more rarely", () => {
  for (let i = 0; i < 1_000; i++) presences.hear(author(i), worker(1));
  presences.tell(worker(3));
  vi.advanceTimersByTime(50);
  presences.greet();
  presences.hear(author(1_000), worker(1));
  vi.advanceTimersByTime(99_000);
  expect(said).toEqual([3]);
  vi.advanceTimersByTime(2_000);
  expect(said).toEqual([3, 3]);
});

test("who is not heard for three of the intervals is gone", () => {
  presences.hear(author(1), worker(1));
  vi.advanceTimersByTime(60_000);
  presences.hear(author(2), worker(1));
  vi.advanceTimersByTime(30_001);
  expect(presences.all.map(({ author }) => author.peerId)).toEqual(["peer2"]);
  expect(changes).toEqual([
    ["peer1", true],
    ["peer2", true],
    ["peer1", false],
  ]);
});

test("strangers, however many, push out nobody with standing, and slow nobody down without bound", () => {
  const known = { ...author(0), standing: 5 };
  presences.hear(known, worker(1));
  for (let i = 1; i < 20_000; i++) presences.hear(author(i), worker(1));
  expect(presences.all.length).toBe(1_001);
  expect(presences.all[0]?.author).toBe(known);
  presences.tell(worker(3));
  vi.advanceTimersByTime(101_000);
  expect(said).toEqual([3, 3]);
});

test("a stranger behind whom there is something after all is there once", () => {
  for (const standing of [0, 5, 0]) presences.hear({ ...author(1), standing }, worker(1));
  expect(presences.all.length).toBe(1);
  expect(changes).toEqual([["peer1", true]]);
});

test("who has nothing to say says nothing", () => {
  presences.hear(author(1), worker(1));
  presences.greet();
  vi.advanceTimersByTime(100_000);
  expect(said).toEqual([]);
});
