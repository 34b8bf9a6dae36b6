import { copyFile, readFile, rename, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startedThings, temporaryFolder } from "../../test/network.ts";
import { fillStore, identity, openFilled } from "../../test/storeFuzz.ts";
import type { StoreDamagedError } from "./errors.ts";

const forTest = startedThings();
let file: string;
beforeEach(async () => {
  file = join(await temporaryFolder(forTest), "node.sqlite");
});
afterEach(() => forTest.end());

const refused = (code: string) =>
  expect.objectContaining({
    code,
    retryable: false,
    message: expect.stringMatching(new RegExp(`${file}.*(a copy|install).*`)),
  });

test.each<[string, string, (whole: string) => Promise<unknown>]>([
  ["that is empty", "STORE_FOREIGN", () => writeFile(file, "")],
  ["of text", "STORE_FOREIGN", () => writeFile(file, "# notes\n".repeat(2_000))],
  ["of zeros", "STORE_FOREIGN", () => writeFile(file, new Uint8Array(16_384))],
  ["that is cut off", "STORE_DAMAGED", () => truncate(file, 5_000)],
  ["that is cut off in its first page", "STORE_DAMAGED", () => truncate(file, 90)],
  ["with a page of zeros", "STORE_DAMAGED", () => overwrite(file, 4_096, new Uint8Array(4_096))],
  ["with a page that is another's", "STORE_DAMAGED", () => copyPage(file, 8, 6)],
  [
    "of another program",
    "STORE_FOREIGN",
    async () => {
      await writeFile(file, "");
      other(file, "CREATE TABLE notes (text TEXT); PRAGMA user_version = 3");
    },
  ],
  [
    "without tables",
    "STORE_FOREIGN",
    async () => {
      await writeFile(file, "");
      other(file, "PRAGMA user_version = 3");
    },
  ],
  ["without one of its tables", "STORE_DAMAGED", async () => other(file, "DROP TABLE batches")],
  ["without the row of its chain", "STORE_DAMAGED", async () => other(file, "DELETE FROM chain")],
  [
    "with a job that is not what its name says",
    "STORE_DAMAGED",
    async () =>
      other(file, "UPDATE jobs SET terms = replace(terms, '\"taskCount\":10', '\"taskCount\":11')"),
  ],
  [
    "whose log alone is left",
    "STORE_DAMAGED",
    async () => {
      await writeFile(`${file}-wal`, "x".repeat(5_000));
      await rename(file, `${file}.away`);
    },
  ],
])(
  "a file %s is refused by its name, with what to do, and left as it is",
  async (_, code, harm) => {
    fillStore(file);
    await harm(file);
    const before = await readFile(file).catch(() => undefined);
    expect(() => openFilled(file)).toThrow(refused(code));
    expect(await readFile(file).catch(() => undefined)).toEqual(before);
  },
);

test("a database is there as a whole or not at all, and what a killed process left is no harm", async () => {
  await writeFile(`${file}.new`, "half of a data");
  await writeFile(`${file}.new-wal`, "half of a log");
  openFilled(file).close();
  openFilled(file).close();
  await copyFile(file, `${file}.copy`);
  expect(() => openFilled(file, { ...identity, chainId: 2 })).toThrow(
    expect.objectContaining({ code: "STORE_MISMATCH" }),
  );
});

test("what is found damaged later is told, by the file's name", async () => {
  fillStore(file);
  const told: StoreDamagedError[] = [];
  const store = openFilled(file, identity, { onDamage: (error) => told.push(error) });
  forTest.add(() => store.close());
  const database = new SqliteDatabase(file);
  database.exec("UPDATE task_results SET cid = 'x'; UPDATE transactions SET body = '{'");
  database.close();
  const jobId = store.jobs("tried")[0]?.jobId ?? "0x";
  expect(() => store.results(jobId, { first: 0, count: 9 })).toThrow(refused("STORE_DAMAGED"));
  expect(() => store.transactions.all()).toThrow(refused("STORE_DAMAGED"));
  expect(told).toHaveLength(2);
});

function other(path: string, statements: string): void {
  const database = new SqliteDatabase(path);
  database.exec(statements);
  database.close();
}

async function overwrite(path: string, at: number, bytes: Uint8Array): Promise<void> {
  const content = await readFile(path);
  content.set(bytes, at);
  await writeFile(path, content);
}

async function copyPage(path: string, from: number, to: number): Promise<void> {
  const content = await readFile(path);
  content.copyWithin(to * 4_096, from * 4_096, (from + 1) * 4_096);
  await writeFile(path, content);
}
