import SqliteDatabase, { type Database } from "better-sqlite3";
import { StoreBusyError, StoreInvalidError } from "../define/errors.ts";

/**
 * Keeps a file to this process, by a lock that the system takes back when the process ends, however it does: a transaction that stays open
 * on a file beside it. Readers of the file itself are not kept out.
 *
 * @returns what gives it back.
 * @throws {@link StoreBusyError} {@link StoreInvalidError}
 */
export function lockFile(file: string): () => void {
  let database: Database | undefined;
  try {
    database = new SqliteDatabase(`${file}-lock`, { timeout: 0 });
    database.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    database?.close();
    if ((cause as { code?: string }).code === "SQLITE_BUSY")
      throw new StoreBusyError(file, { cause });
    throw new StoreInvalidError(
      `${file}-lock cannot be written, which keeps the store to one process: name another file.`,
      { cause },
    );
  }
  const open = database;
  return () => open.close();
}
