import SqliteDatabase from "better-sqlite3";
import { StoreBusyError } from "../define/errors.ts";

/**
 * Keeps a file to this process, by a lock that the system takes back when the process ends, however it does: a transaction that stays open
 * on a file beside it. Readers of the file itself are not kept out.
 *
 * @returns what gives it back.
 * @throws {@link StoreBusyError}
 */
export function lockFile(file: string): () => void {
  const database = new SqliteDatabase(`${file}-lock`, { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    database.close();
    throw new StoreBusyError(file, { cause });
  }
  return () => database.close();
}
