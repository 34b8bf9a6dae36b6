import { chmodSync, statSync } from "node:fs";
import SqliteDatabase from "better-sqlite3";
import { namingFile } from "./openDatabase.ts";

/**
 * Copies a node's database as it is at one moment, also while the node writes to it.
 * @param to - a file that is not there yet.
 * @returns the size of the copy, in bytes.
 *
 * @throws {@link StoreDamagedError} {@link StoreUnusableError}
 */
export function backUpStore(file: string, to: string): number {
  namingFile(file, () => {
    const database = new SqliteDatabase(file, { readonly: true, fileMustExist: true });
    try {
      database.prepare("VACUUM INTO ?").run(to);
    } finally {
      database.close();
    }
  });
  chmodSync(to, 0o600); // it holds verdicts that nobody may see before they are revealed
  return statSync(to).size;
}
