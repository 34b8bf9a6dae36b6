import { mkdtemp, readdir, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { cidOf } from "@assay/sdk";
import { FsBlockstore } from "blockstore-fs";
import type { CID } from "multiformats/cid";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { KeptBlocks } from "./keptBlocks.ts";
import { keepingFor } from "./keptFor.ts";

const HOUR_MS = 3_600_000;
let dataDir: string;
let clock: number;
let store: KeptBlocks;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "assay-kept-"));
  clock = 0;
});
afterEach(async () => {
  await store.close();
  await rm(dataDir, { recursive: true });
});

async function open(quotaBytes?: number): Promise<void> {
  store = await KeptBlocks.open(dataDir, { quotaBytes, now: () => clock });
}

/** The same store, with less room from now on. */
async function reopen(quotaBytes: number): Promise<void> {
  await store.close();
  await open(quotaBytes);
}

/** A block of 1,000 bytes, put an hour after the one before. */
async function put(seed: number, job?: `0x${string}`): Promise<CID> {
  clock += HOUR_MS;
  const bytes = new Uint8Array(1_000).fill(seed);
  const action = () => store.put(cidOf(bytes), bytes);
  return job === undefined ? action() : keepingFor(job, action);
}

const present = async (cids: CID[]) =>
  (await Promise.all(cids.map((cid) => store.has(cid)))).map(Number).join("");

const nobody = new Set<string>();

describe("over the quota", () => {
  test("the longest unused goes first, until there is room to go on with", async () => {
    await open(10_000);
    const cids: CID[] = [];
    for (let i = 0; i < 11; i++) cids.push(await put(i));
    clock += HOUR_MS;
    const [first] = cids as [CID];
    for await (const _ of store.get(first)); // used again
    clock += HOUR_MS;
    expect(await store.trim()).toEqual({ blocks: 2, bytes: 2_000 });
    expect(await present(cids)).toBe("10011111111");
    expect(await store.usage()).toMatchObject({ usedBytes: 9_000, quotaBytes: 10_000 });
  });

  test("what belongs to a job in progress stays, and goes once the job is over for long enough", async () => {
    await open();
    const cids = [await put(1, "0xaa"), await put(2, "0xbb"), await put(3, "0xbb")];
    // 0xaa stored the same block as 0xbb.
    const shared = await put(3, "0xaa");
    expect(String(shared)).toBe(String(cids[2]));
    await reopen(2_000);
    clock += HOUR_MS;
    store.release(new Set(["0xaa", "0xbb"]), 2 * HOUR_MS);
    expect(await store.trim()).toEqual({ blocks: 0, bytes: 0 });
    expect(await store.usage()).toMatchObject({ isFull: true });

    store.release(new Set(["0xaa"]), 2 * HOUR_MS);
    clock += HOUR_MS;
    store.release(new Set(["0xaa"]), 2 * HOUR_MS);
    expect(await store.trim()).toMatchObject({ blocks: 0 });
    clock += HOUR_MS;
    store.release(new Set(["0xaa"]), 2 * HOUR_MS);
    expect(await store.trim()).toMatchObject({ blocks: 1 });
    expect(await present(cids)).toBe("101");
    expect((await store.usage()).isFull).toBe(false);
  });

  test("a job that goes on after all keeps its blocks", async () => {
    await open();
    const cids = [await put(1, "0xaa"), await put(2, "0xaa")];
    await reopen(1_000);
    store.release(nobody, HOUR_MS);
    store.release(new Set(["0xaa"]), HOUR_MS);
    clock += 2 * HOUR_MS;
    store.release(nobody, HOUR_MS); // over for the second time, from now on
    await store.trim();
    expect(await present(cids)).toBe("11");
  });

  test("what was used a moment ago stays", async () => {
    await open();
    const cids = [await put(1), await put(2)];
    await reopen(500);
    expect(await store.trim()).toEqual({ blocks: 1, bytes: 1_000 });
    expect(await present(cids)).toBe("01");
  });

  test("more than a tenth beyond it is refused, by name, and nothing is half there", async () => {
    await open(10_000);
    for (let i = 0; i < 11; i++) await put(i, "0xaa");
    const refused = put(11, "0xaa");
    await expect(refused).rejects.toMatchObject({ code: "DISK_FULL", retryable: true });
    expect(store.isShort).toBe(true);
    const files = await readdir(join(dataDir, "blocks"), { recursive: true });
    expect(files.filter((name) => name.endsWith(".data"))).toHaveLength(11);
    await put(3, "0xaa"); // is there already
  });
});

test("room is made for a block that would not fit, although there was no excess", async () => {
  await open(2_000);
  const cids = [await put(1), await put(2), await put(3, "0xaa")];
  expect(await present(cids)).toBe("001"); // down to nine tenths
  expect(store.isShort).toBe(false);
});

test("a refusal counts until there is room for what was refused", async () => {
  await open(2_000);
  await put(1, "0xaa");
  await put(2, "0xaa");
  await expect(put(3, "0xbb")).rejects.toMatchObject({ code: "DISK_FULL" });
  expect((await store.usage()).isFull).toBe(true);
  store.release(nobody, 0);
  clock += HOUR_MS;
  expect(await store.trim()).toMatchObject({ blocks: 2 });
  expect((await store.usage()).isFull).toBe(false);
  await put(3, "0xbb");
});

test("without a quota nothing is evicted", async () => {
  await open();
  const cids = [await put(1), await put(2)];
  clock += HOUR_MS;
  expect(await store.trim()).toEqual({ blocks: 0, bytes: 0 });
  expect(await present(cids)).toBe("11");
});

test("what was used is known after a restart", async () => {
  await open();
  const cids = [await put(1, "0xaa"), await put(2), await put(3)];
  clock += HOUR_MS;
  await reopen(2_000);
  expect(await store.usage()).toMatchObject({ usedBytes: 3_000 });
  await store.trim();
  expect(await present(cids)).toBe("100");
});

test("a folder from before is taken over, and its blocks are kept for a week", async () => {
  const before = new FsBlockstore(join(dataDir, "blocks"));
  await before.open();
  const bytes = new Uint8Array(1_000).fill(7);
  await before.put(cidOf(bytes), bytes);
  await open(500);
  expect(await store.usage()).toMatchObject({ usedBytes: 1_000, isFull: true });
  clock += 6 * 24 * HOUR_MS;
  store.release(nobody, 0);
  expect(await store.trim()).toMatchObject({ blocks: 0 });
  clock += 2 * 24 * HOUR_MS;
  store.release(nobody, 0);
  expect(await store.trim()).toMatchObject({ blocks: 1 });
});

test("a deleted block is not counted any more", async () => {
  await open();
  const cid = await put(1);
  await store.delete(cid);
  await store.delete(cid);
  expect(await store.usage()).toMatchObject({ usedBytes: 0 });
});

test("a read that is aborted leaves no file open", async ({ skip }) => {
  if (process.platform !== "linux") return skip("open files are listed in /proc");
  await open();
  const cid = await put(1);
  // Node closes what is left open when it collects garbage, and says so.
  const warnings: string[] = [];
  const onWarning = ({ message }: Error) => void warnings.push(message);
  process.on("warning", onWarning);
  const reads = Array.from({ length: 20 }, async () => {
    const reading = new AbortController();
    const read = store.get(cid, { signal: reading.signal }).next();
    reading.abort();
    await expect(read).rejects.toThrow();
  });
  await Promise.all(reads);
  const openFiles = async () => {
    const all = (await readdir("/proc/self/fd")).map((fd) => readlink(`/proc/self/fd/${fd}`));
    const files = (await Promise.allSettled(all)).map((file) =>
      "value" in file ? file.value : "",
    );
    return files.filter((file) => file.startsWith(join(dataDir, "blocks/")));
  };
  await expect.poll(openFiles).toEqual([]);
  await setImmediate();
  process.off("warning", onWarning);
  expect(warnings).toEqual([]);
});
