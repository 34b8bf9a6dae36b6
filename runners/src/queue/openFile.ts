import { openQueue, type Queue, type QueueOptions } from "@assay/queue";
import SqliteDatabase, { type Database } from "better-sqlite3";
import { QueueFileError } from "./errors.ts";
import { createTaskStore, type TaskStore } from "./store.ts";

/** Writers in other processes are waited for, in milliseconds. */
const BUSY_MS = 30_000;
/** Names of tasks lie all over their index: it is to stay in memory. At most so much is taken. */
const CACHE_KIB = 64 << 10;
/** Pages that many commits rewrite go to the file once: 16 MB of log. */
const CHECKPOINT_PAGES = 4_000;

export interface QueueFile {
  database: Database;
  store: TaskStore;
  /** Its tasks are numbers of {@link TaskStore.get}. */
  queue: Queue<number>;
  /** Runs `action` as one transaction that has the write lock from its beginning. */
  atomically<T>(action: () => T): T;
  close(): void;
}

export type RetryOptions = Pick<QueueOptions, "attempts" | "backoff">;

/** @throws {@link QueueFileError} QueueTooNewError */
export function openQueueFile(file: string, retry: RetryOptions): QueueFile {
  let database: Database;
  try {
    database = new SqliteDatabase(file, { timeout: BUSY_MS });
  } catch (cause) {
    throw new QueueFileError(`${file} cannot be opened`, { cause });
  }
  try {
    checkOwn(database, file);
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = normal");
    database.pragma(`cache_size = -${CACHE_KIB}`);
    database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    const store = createTaskStore(database);
    // What is done is in the runner's own table.
    const queue = openQueue<number>(database, { ...retry, name: "runner", keepDoneMs: 0 });
    const transaction = database.transaction((action: () => unknown) => action());
    return {
      ...{ database, store, queue },
      atomically: <T>(action: () => T) => transaction.immediate(action) as T,
      close: () => database.close(),
    };
  } catch (error) {
    database.close();
    // No database, or tables of another version.
    if (!(error instanceof SqliteDatabase.SqliteError)) throw error;
    throw new QueueFileError(`${file} cannot be used (${error.message})`, { cause: error });
  }
}

/** Tables are not put into what another program keeps. */
function checkOwn(database: Database, file: string): void {
  const names = database
    .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table'")
    .pluck()
    .all();
  if (names.length === 0 || names.includes("runner_tasks")) return;
  throw new QueueFileError(`${file} is a database of something else`);
}
