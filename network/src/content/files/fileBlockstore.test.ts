import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, symlinkSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Content, cidOf } from "@assay/sdk";
import { FsBlockstore } from "blockstore-fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFilesContent, openFileBlocks } from "../backends/filesContent.ts";
import type { FileBlockstore } from "./fileBlockstore.ts";

async function collect<T>(items: AsyncIterable<T> | Iterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

let folder: string;
let blocks: FileBlockstore;
let content: Content;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-files-"));
  blocks = await openFileBlocks(join(folder, "a/b"));
  content = createFilesContent(blocks);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const files = async () => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
};

test.each([
  ["a pipe", (path: string) => execFileSync("mkfifo", [path])],
  ["a link to a device that never ends", (path: string) => symlinkSync("/dev/zero", path)],
  ["a folder", (path: string) => mkdirSync(path)],
])("%s in a block's place is no block", async (_, make) => {
  const bytes = new Uint8Array(100);
  const cid = await content.put(bytes);
  await rm(blocks.fileOf(cid));
  make(blocks.fileOf(cid));
  await expect(content.get(cid)).rejects.toMatchObject({ code: "CONTENT_NOT_FOUND" });
});

describe.each([100, 100_000])("a block of %i bytes", (length) => {
  const bytes = new Uint8Array(length).fill(5);
  const cid = cidOf(bytes);

  test("is one file, however often it is stored, and nothing is left beside it", async () => {
    await Promise.all([content.put(bytes), content.put(bytes), content.put(bytes)]);
    expect(await files()).toEqual([expect.stringMatching(/^[A-Z2-7]+\.data$/)]);
  });

  test.each(["cut off", "changed", "empty"])(
    "that is %s on the disk is not there, and can be stored again",
    async (damage) => {
      await content.put(bytes);
      if (damage === "cut off") await truncate(blocks.fileOf(cid), length - 1);
      if (damage === "changed") await writeFile(blocks.fileOf(cid), new Uint8Array(length));
      if (damage === "empty") await truncate(blocks.fileOf(cid), 0);
      await expect(content.get(cid)).rejects.toMatchObject({ code: "CONTENT_NOT_FOUND" });
      expect(await files()).toEqual([]);
      await content.put(bytes);
      expect(await content.get(cid)).toEqual(bytes);
    },
  );

  test("is what blockstore-fs reads and writes", async () => {
    await content.put(bytes);
    const other = new FsBlockstore(blocks.path);
    await other.open();
    expect(Buffer.concat(await collect(other.get(cid)))).toEqual(Buffer.from(bytes));
    await other.delete(cid);
    expect(await blocks.has(cid)).toBe(false);
    await other.put(cid, bytes);
    expect(await content.get(cid)).toEqual(bytes);
  });

  test("that a process left unfinished is in nobody's way", async () => {
    const file = blocks.fileOf(cid);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.1-x-0`, bytes.subarray(1));
    await expect(content.get(cid)).rejects.toMatchObject({ code: "CONTENT_NOT_FOUND" });
    await content.put(bytes);
    expect(await content.get(cid)).toEqual(bytes);
  });
});

test("a file that is no block is not read", async () => {
  const cid = cidOf(Uint8Array.of(1));
  await content.put(Uint8Array.of(1));
  await truncate(blocks.fileOf(cid), 2 ** 32);
  await expect(content.get(cid)).rejects.toMatchObject({ code: "CONTENT_TOO_LARGE" });
});

test("a folder that cannot be one says so, and what to do", async () => {
  await writeFile(join(folder, "file"), "");
  const opened = openFileBlocks(join(folder, "file/blocks"));
  await expect(opened).rejects.toThrow(/file\/blocks cannot be used .*--content-folder/);
  await rm(join(folder, "a"), { recursive: true });
  await writeFile(join(folder, "a"), "");
  await expect(content.put(Uint8Array.of(1))).rejects.toMatchObject({
    code: "CONTENT_FOLDER_UNUSABLE",
  });
  await expect(content.get(cidOf(Uint8Array.of(1)))).rejects.toMatchObject({
    code: "CONTENT_FOLDER_UNUSABLE",
  });
});

test("a process that is killed while it writes leaves whole blocks alone", async () => {
  const writer = spawn(process.execPath, [
    fileURLToPath(new URL("../../../test/blockWriter.ts", import.meta.url)),
    blocks.path,
  ]);
  writer.stderr.pipe(process.stderr);
  const exit = once(writer, "exit");
  let names = "";
  for await (const chunk of writer.stdout.setEncoding("utf8")) {
    names += chunk;
    if (names.length > 2_000) break;
  }
  writer.kill("SIGKILL");
  await exit;
  let read = 0;
  for (const path of await readdir(blocks.path, { recursive: true })) {
    if (!path.endsWith(".data")) continue;
    const bytes = new Uint8Array(await readFile(join(blocks.path, path)));
    expect(blocks.fileOf(cidOf(bytes))).toBe(join(blocks.path, path));
    read++;
  }
  expect(read).toBeGreaterThan(10);
});
