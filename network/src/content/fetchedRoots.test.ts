import { cidOf } from "@assay/sdk";
import type { CID } from "multiformats/cid";
import { expect, test } from "vitest";
import { createPeer } from "../peer.ts";
import { FetchedRoots } from "./fetchedRoots.ts";

const root = (n: number) => cidOf(Uint8Array.from([n & 0xff, n >> 8]));

function recorded({
  lost = new Set<string>(),
  failing = false,
  isNear = true,
  recheckMs = 60_000,
} = {}) {
  const provided: string[] = [];
  const cancelled: string[] = [];
  const state = { isNear };
  const roots = new FetchedRoots({
    async provide(cid) {
      if (failing) throw new Error("nobody is there");
      provided.push(cid.toString());
    },
    cancel: async (cid) => void cancelled.push(cid.toString()),
    has: async (cid) => !lost.has(cid.toString()),
    isNear: () => state.isNear,
    ...{ recheckMs, delayMs: 10 },
  });
  const settle = () => expect.poll(() => roots.figures.waiting).toBe(0);
  return { roots, provided, cancelled, settle, state };
}

test("each root is announced once", async () => {
  const { roots, provided, settle } = recorded();
  for (const n of [1, 2, 1]) roots.add(root(n));
  await settle();
  roots.add(root(2));
  await settle();
  expect(provided).toEqual([root(1), root(2)].map(String));
  expect(roots.figures).toEqual({ announced: 2, held: 0, waiting: 0, failed: 0, dropped: 0 });
});

test("what does not fit in the queue is left out, and what fails is counted", async () => {
  const { roots, settle } = recorded({ failing: true });
  for (let n = 0; n < 100; n++) roots.add(root(n));
  await settle();
  expect(roots.figures).toEqual({ announced: 0, held: 0, waiting: 0, failed: 64, dropped: 36 });
});

test("what is gone, and the oldest of too many, is announced no longer", async () => {
  const lost = new Set<string>();
  const { roots, cancelled, settle } = recorded({ lost });
  roots.add(root(1));
  await settle();
  lost.add(root(1).toString());
  roots.add(root(2));
  await settle();
  expect(cancelled).toEqual([root(1).toString()]);
  for (let n = 3; n < 1_500; n += 50) {
    for (let i = n; i < n + 50; i++) roots.add(root(i));
    await settle();
  }
  expect(roots.figures.announced).toBeLessThanOrEqual(1_024);
  expect(cancelled.length).toBeGreaterThan(400);
});

test("what nearer peers announce is held, and announced when they have left", async () => {
  const { roots, provided, settle, state } = recorded({ isNear: false, recheckMs: 20 });
  roots.add(root(1));
  await settle();
  expect(provided).toEqual([]);
  expect(roots.figures).toMatchObject({ announced: 0, held: 1 });
  state.isNear = true;
  await expect.poll(() => roots.figures).toMatchObject({ announced: 1, held: 0 });
  expect(provided).toEqual([root(1).toString()]);
});

test("nothing is announced that is gone by then", async () => {
  const { roots, provided, settle } = recorded({ lost: new Set([root(1).toString()]) });
  roots.add(root(1));
  await settle();
  expect(provided).toEqual([]);
});

test("who has fetched a content gives it to others when its first provider has gone", async () => {
  const options = { memory: true, network: "local" } as const;
  const first = await createPeer(options);
  const provider = await createPeer({ ...options, bootstrap: first.multiaddrs });
  const reader = await createPeer({ ...options, bootstrap: first.multiaddrs });
  try {
    const bytes = new Uint8Array(5_000).fill(7);
    const cid: CID = await provider.content.put(bytes);
    await provider.content.provide(cid);
    await reader.content.get(cid);
    await expect.poll(() => reader.announcements.announced).toBe(1);
    await provider.stop();
    const late = await createPeer({ ...options, bootstrap: first.multiaddrs });
    expect(await late.content.get(cid)).toEqual(bytes);
    await late.stop();
  } finally {
    for (const peer of [first, provider, reader]) await peer.stop();
  }
});
