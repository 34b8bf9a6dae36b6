import { existsSync, renameSync, rmSync, statSync } from "node:fs";
import SqliteDatabase, { type Database } from "better-sqlite3";
import { StoreDamagedError } from "./errors.ts";

export interface OpenDatabaseParameters {
  /** Tables without which it is none of this kind. */
  tables: readonly string[];
  /** What to do about a damaged one, for the error's message. */
  remedy: string;
  /** Makes the schema of a new one, and brings an old one's up to date. */
  prepare: (database: Database) => void;
}

/**
 * Opens a SQLite file of a node, or makes it. A new one gets its name once it is complete, so that an empty file is never one that a crash
 * left behind: somebody's copy went wrong, and its state is lost if it is taken for a new node's.
 *
 * @throws {@link StoreDamagedError}
 */
export function openDatabase(file: string, parameters: OpenDatabaseParameters): Database {
  if (file === ":memory:") return opened(file, parameters);
  if (existsSync(file)) check(file, parameters);
  else make(file, parameters);
  return opened(file, parameters);
}

function make(file: string, parameters: OpenDatabaseParameters): void {
  const draft = `${file}.new`;
  for (const suffix of ["", "-wal", "-shm"]) rmSync(`${draft}${suffix}`, { force: true });
  opened(draft, parameters).close();
  renameSync(draft, file);
}

function opened(file: string, { prepare, remedy }: OpenDatabaseParameters): Database {
  const database = new SqliteDatabase(file);
  try {
    database.pragma("journal_mode = WAL");
    // A crash of this process loses nothing; one of the machine loses the last moments, which the chain knows.
    database.pragma("synchronous = NORMAL");
    prepare(database);
    return database;
  } catch (error) {
    database.close();
    throw damageOf(error, file, remedy);
  }
}

/** Whether it is a sound file of this kind. Nothing is written to it: it may be another program's. */
function check(file: string, { tables, remedy }: OpenDatabaseParameters): void {
  if (statSync(file).size === 0) throw new StoreDamagedError(file, "it is empty", remedy);
  let database: Database | undefined;
  try {
    database = new SqliteDatabase(file, { fileMustExist: true });
    const there = new Set(
      database.prepare<[], string>("SELECT name FROM sqlite_schema").pluck().all(),
    );
    const [missing] = tables.filter((table) => !there.has(table));
    if (missing !== undefined) {
      throw new StoreDamagedError(
        file,
        `it has no table ${missing}, and so is not a node's`,
        remedy,
      );
    }
    const [found] = database.prepare<[], string>("PRAGMA quick_check(1)").pluck().all();
    if (found !== "ok") throw new StoreDamagedError(file, found ?? "unknown", remedy);
  } catch (error) {
    throw damageOf(error, file, remedy);
  } finally {
    database?.close();
  }
}

/** SQLite's errors about a file that is damaged, or none of its own, as one that says what to do; others as they are. */
export function damageOf(error: unknown, file: string, remedy: string): unknown {
  const { code, message } = error as { code?: unknown; message?: string };
  return /^SQLITE_(CORRUPT|NOTADB)/.test(String(code))
    ? new StoreDamagedError(file, message ?? String(code), remedy, { cause: error })
    : error;
}
