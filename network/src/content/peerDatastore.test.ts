import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Key } from "interface-datastore";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PeerDatastore } from "./peerDatastore.ts";

const key = new Key("/peer/a");
let folder: string;
let store: PeerDatastore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-peer-"));
  store = new PeerDatastore(join(folder, "peer"));
  await store.open();
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

/** LevelDB as it is after a write that failed: it refuses every other until it is opened anew. */
function failUntilReopened(): void {
  const { db } = store;
  const refuse = () => Promise.reject(new Error("IO error: No space left on device"));
  const spies = [vi.spyOn(db, "put"), vi.spyOn(db, "del"), vi.spyOn(db, "batch")];
  for (const spy of spies) spy.mockImplementation(refuse as never);
  const open = db.open.bind(db);
  vi.spyOn(db, "open").mockImplementationOnce(async (...args) => {
    for (const spy of spies) spy.mockRestore();
    await open(...args);
  });
}

test("what is written after a write that failed is kept, whichever way it is written", async () => {
  await store.put(key, Uint8Array.of(1));
  failUntilReopened();
  await Promise.all([
    store.put(key, Uint8Array.of(2)),
    store.put(new Key("/peer/b"), Uint8Array.of(3)),
  ]);
  expect([...(await store.get(key))]).toEqual([2]);
  expect([...(await store.get(new Key("/peer/b")))]).toEqual([3]);

  failUntilReopened();
  await store.delete(key);
  expect(await store.has(key)).toBe(false);

  failUntilReopened();
  const batch = store.batch();
  batch.put(key, Uint8Array.of(4));
  await batch.commit();
  expect([...(await store.get(key))]).toEqual([4]);
});

test("a write that fails again is an error, and so is one after the end", async () => {
  vi.spyOn(store.db, "put").mockRejectedValue(new Error("IO error"));
  await expect(store.put(key, Uint8Array.of(1))).rejects.toThrow("IO error");
  vi.restoreAllMocks();
  await store.put(key, Uint8Array.of(1));
  await store.close();
  await expect(store.put(key, Uint8Array.of(2))).rejects.toThrow("not open");
  await store.open();
});
