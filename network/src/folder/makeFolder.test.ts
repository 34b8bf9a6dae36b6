import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { makeFolder } from "./makeFolder.ts";

const root = await mkdtemp(join(tmpdir(), "assay-folder-"));
afterAll(() => rm(root, { recursive: true }));

test("all that are missing are made, and one that is there stays", async () => {
  const folder = join(root, "a/b/c");
  await makeFolder(folder);
  await writeFile(join(folder, "kept"), "");
  await makeFolder(folder);
  expect((await stat(join(folder, "kept"))).isFile()).toBe(true);
});

test("each that is made has the mode", async () => {
  await makeFolder(join(root, "private/inner"), { mode: 0o700 });
  for (const path of ["private", "private/inner"]) {
    expect((await stat(join(root, path))).mode & 0o777).toBe(0o700);
  }
});

test("a file in the way is an error", async () => {
  await writeFile(join(root, "file"), "");
  await expect(makeFolder(join(root, "file"))).rejects.toMatchObject({ code: "EEXIST" });
  await expect(makeFolder(join(root, "file/inner"))).rejects.toMatchObject({ code: "ENOTDIR" });
});

test.runIf(process.platform === "linux")("where no folder can be made, it ends", async () => {
  await expect(makeFolder("/proc/nope")).rejects.toMatchObject({ code: "ENOENT" });
  await expect(makeFolder("/proc/nope/inner")).rejects.toMatchObject({ code: "ENOENT" });
});
