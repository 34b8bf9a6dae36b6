import { closeSync, existsSync, openSync, readSync, renameSync, rmSync, statSync } from "node:fs";
import { AssayError } from "@assay/sdk";
import SqliteDatabase, { type Database, SqliteError } from "better-sqlite3";
import { StoreDamagedError, StoreForeignError, StoreUnusableError } from "./errors.ts";

/** The first bytes of every SQLite file. */
const MAGIC = Buffer.from("SQLite format 3\0");
const IN_MEMORY = ":memory:";

/**
 * Opens a node's database, or creates one if there is none. A new one is moved to its place after `prepare`, so that a file there was
 * complete once: an empty file is no node's database.
 * @param prepare - brings the schema up to date.
 *
 * @throws {@link StoreDamagedError} {@link StoreForeignError} {@link StoreUnusableError}, and what `prepare` throws.
 */
export function openDatabase(file: string, prepare: (database: Database) => void): Database {
  return namingFile(file, () => {
    if (file === IN_MEMORY || existsSync(file)) {
      if (file !== IN_MEMORY) checkFile(file);
      return open(file, prepare);
    }
    if (sizeOf(`${file}-wal`) > 0) {
      throw new StoreDamagedError(file, "it is missing, and its -wal is there");
    }
    // A file that a killed node left behind.
    const unfinished = `${file}.new`;
    for (const ending of ["", "-wal", "-shm"]) rmSync(`${unfinished}${ending}`, { force: true });
    open(unfinished, prepare, { isNew: true }).close();
    renameSync(unfinished, file);
    return open(file, () => {});
  });
}

function open(
  file: string,
  prepare: (database: Database) => void,
  { isNew = file === IN_MEMORY }: { isNew?: boolean } = {},
): Database {
  const database = new SqliteDatabase(file);
  try {
    // Pages and schemas of a damaged file are not believed.
    database.pragma("cell_size_check = ON");
    database.pragma("trusted_schema = OFF");
    if (!isNew) checkContent(database, file);
    database.pragma("journal_mode = WAL");
    // A crash of this process loses nothing; one of the machine loses the last moments, which the chain knows.
    database.pragma("synchronous = NORMAL");
    // A migration may have to replace a table that others refer to.
    database.pragma("foreign_keys = OFF");
    prepare(database);
    database.pragma("foreign_keys = ON");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Refuses files that SQLite would take for a new database, or for an old one to repair. */
function checkFile(file: string): void {
  if (sizeOf(file) === 0) throw new StoreForeignError(file, "it is empty");
  const first = Buffer.alloc(MAGIC.length);
  const descriptor = openSync(file, "r");
  try {
    readSync(descriptor, first, 0, MAGIC.length, 0);
  } finally {
    closeSync(descriptor);
  }
  if (!first.equals(MAGIC)) throw new StoreForeignError(file, "it is no SQLite file");
}

function checkContent(database: Database, file: string): void {
  const tables = database
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .pluck()
    .all();
  if (tables.length === 0) throw new StoreForeignError(file, "it has no tables");
  if (!tables.includes("chain")) throw new StoreForeignError(file, "its tables are another's");
  const [wrong] = database.pragma("integrity_check(1)") as { integrity_check: string }[];
  if (wrong?.integrity_check !== "ok") {
    throw new StoreDamagedError(file, String(wrong?.integrity_check).replaceAll(/\s+/g, " "));
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Runs `action`; whatever it says of the file, its error names it, and what to do. */
export function namingFile<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw toStoreError(file, error);
  }
}

/** Translates an error of a database into an error about its file. */
export function toStoreError(file: string, error: unknown): AssayError {
  if (error instanceof AssayError) return error;
  const { code = "", message } = error as NodeJS.ErrnoException;
  const isOfSystem = error instanceof Error && /^E[A-Z]+$/.test(code);
  if (isOfSystem || (error instanceof SqliteError && !isDamage(error))) {
    return new StoreUnusableError(file, `${code}: ${message}`, { cause: error });
  }
  // Rows that cannot be what was written, and a schema that lacks something.
  return new StoreDamagedError(file, message, { cause: error });
}

/** SQLite's answer to a file, or a row, that is not as it was left. */
function isDamage(error: unknown): boolean {
  if (!(error instanceof SqliteError)) return false;
  return /^SQLITE_(CORRUPT|NOTADB|ERROR|MISMATCH|SCHEMA|FORMAT|CONSTRAINT)/.test(error.code);
}
