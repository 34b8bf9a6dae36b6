import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { failureOf } from "../cli/failure.ts";
import { openBlockIndex } from "../content/blockIndex.ts";
import { backUpStore } from "./backUp.ts";
import { openNodeStore, type StoreIdentity } from "./nodeStore.ts";
import { readStatus } from "./status.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-damaged-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const identity: StoreIdentity = {
  ...{ chainId: 1, genesis: `0x${"00".repeat(32)}` },
  ...{ marketplace: `0x${"11".repeat(20)}`, account: `0x${"22".repeat(20)}` },
};

describe.each([
  ["node.sqlite", (file: string) => openNodeStore(file, identity)],
  ["blocks.sqlite", (file: string) => openBlockIndex(file)],
])("%s", (name, open) => {
  const refused = () => {
    const file = join(folder, name);
    const before = readFileSync(file);
    let error: unknown;
    try {
      open(file).close();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: "STORE_DAMAGED", retryable: false });
    const { exitCode, line } = failureOf(error);
    expect(exitCode).toBe(3);
    expect(line).toContain(file);
    expect(line).toContain("move the file away");
    expect(readFileSync(file).equals(before), "it stays as it was").toBe(true);
  };
  const made = () => {
    const file = join(folder, name);
    open(file).close();
    return file;
  };

  test("is made, complete from the moment it has its name, and opened again", () => {
    open(made()).close();
    expect(readdirSync(folder)).toEqual([name]);
  });

  test("a draft that a crash left behind is no hindrance", () => {
    writeFileSync(join(folder, `${name}.new`), "half");
    made();
    expect(readdirSync(folder)).toEqual([name]);
  });

  test.each([
    ["cut off", (file: string) => truncateSync(file, 5_000)],
    ["cut off within the header", (file: string) => truncateSync(file, 60)],
    ["empty", (file: string) => truncateSync(file, 0)],
    ["no database", (file: string) => writeFileSync(file, "text ".repeat(2_000))],
    ["zeros", (file: string) => writeFileSync(file, Buffer.alloc(16_384))],
    [
      "overwritten in the middle",
      (file: string) => {
        const bytes = readFileSync(file);
        bytes.fill(0xff, 4_096, 8_192);
        writeFileSync(file, bytes);
      },
    ],
    [
      "another program's",
      (file: string) => {
        rmSync(file);
        const database = new SqliteDatabase(file);
        database.exec("CREATE TABLE photos (id INTEGER); PRAGMA user_version = 3");
        database.close();
      },
    ],
    [
      "a database without tables",
      (file: string) => {
        rmSync(file);
        const database = new SqliteDatabase(file);
        database.exec("PRAGMA user_version = 1");
        database.close();
      },
    ],
  ])("%s: is refused by name, with the remedy, and not touched", (_, damage) => {
    damage(made());
    refused();
  });

  test("moved away as the message says, it begins anew", () => {
    const file = made();
    truncateSync(file, 0);
    refused();
    rmSync(file);
    made();
  });
});

test("status and backup of a damaged database say the same", () => {
  const file = join(folder, "node.sqlite");
  writeFileSync(file, "text ".repeat(2_000));
  const damaged = expect.objectContaining({ code: "STORE_DAMAGED" });
  expect(() => readStatus(file)).toThrow(damaged);
  expect(() => backUpStore(file, join(folder, "copy.sqlite"))).toThrow(damaged);
});

test("systemd does not start a node again that ends with the exit code of a damaged database", () => {
  const unit = readFileSync(new URL("../../systemd/assay.service", import.meta.url), "utf8");
  expect(unit).toMatch(/^RestartPreventExitStatus=2 3$/m);
});
