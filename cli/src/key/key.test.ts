import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { privateKeyToAddress } from "viem/accounts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startedThings, temporaryFolder } from "../../../worker/test/network.ts";
import { call } from "../../test/call.ts";

const KEY = `0x${"11".repeat(32)}` as const;
const ADDRESS = privateKeyToAddress(KEY);
const PASSWORD = "correct horse";
const started = startedThings();
let folder: string;
let keystore: string;
beforeEach(async () => {
  folder = await temporaryFolder(started);
  keystore = join(folder, "key.json");
  const env = { ASSAY_PRIVATE_KEY: KEY, ASSAY_PASSWORD: PASSWORD };
  const imported = await call(["key", "import", "--data-dir", folder, "--json"], { env });
  expect(imported).toMatchObject({ exitCode: 0, json: { address: ADDRESS, keystore } });
});
afterEach(() => started.end());

test("the keystores of a folder are listed, and nothing else that is in it", async () => {
  await writeFile(join(folder, "node.sqlite"), "no keystore");
  await writeFile(join(folder, "other.json"), '{"version": 3}');
  const list = await call(["key", "list", "--data-dir", folder, "--json"]);
  expect(list.json).toEqual({ keystores: [{ address: ADDRESS, file: keystore }] });
  expect((await call(["key", "list", "--folder", folder])).stdout).toContain(ADDRESS);
  const nowhere = await call(["key", "list", "--folder", "/nowhere"]);
  expect([nowhere.exitCode, nowhere.stderr]).toEqual([
    2,
    expect.stringContaining("The folder /nowhere cannot be read (ENOENT): name another"),
  ]);
});

test("a key is exported after a yes, to a new file that its owner alone can read", async () => {
  const out = join(folder, "exported");
  const argv = ["key", "export", "--keystore", keystore, "--out", out];
  const env = () => ({ ASSAY_PASSWORD: PASSWORD });
  expect(await call(argv, { env: env(), typed: "n\r" })).toMatchObject({ exitCode: 1, stdout: "" });
  expect(await call(argv, { env: env() })).toMatchObject({ exitCode: 2, stdout: "" });
  await expect(stat(out)).rejects.toThrow("ENOENT");

  const done = await call([...argv, "--yes", "--json"], { env: env() });
  expect(done).toMatchObject({ exitCode: 0, json: { address: ADDRESS, out } });
  expect(done.stdout + done.stderr).not.toContain(KEY.slice(2));
  expect(await readFile(out, "utf8")).toBe(`${KEY}\n`);
  expect((await stat(out)).mode & 0o777).toBe(0o600);
  const again = await call([...argv, "--yes"], { env: env() });
  expect([again.exitCode, again.stderr]).toEqual([
    2,
    expect.stringContaining("is there already: name a new file"),
  ]);
  const wrong = await call([...argv, "--yes"], { env: { ASSAY_PASSWORD: "wrong" } });
  expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining("does not open")]);
});
