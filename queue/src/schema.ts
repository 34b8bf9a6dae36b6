import type { Database } from "better-sqlite3";
import { QueueTooNewError } from "./errors.ts";

// Where a task is, is which table holds its id. `ready` is split from the bodies so that the pages which every lease
// rewrites hold a hundred tasks each, and from those with other tags so that a consumer never reads what it may not have.
// The consumer, not each of its leases, has an expiry: one row to touch by a heartbeat, however many tasks are under way.

/**
 * The tables, one step after the other. They may live in somebody else's database, whose `user_version` is not ours: a table of
 * our own counts the steps. A step that was released is never changed.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE queue_names (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    paused INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE queue_tag_sets (
    id INTEGER PRIMARY KEY,
    tags TEXT NOT NULL UNIQUE        -- JSON, sorted
  ) STRICT;
  INSERT INTO queue_tag_sets VALUES (0, '[]');

  CREATE TABLE queue_bodies (
    id INTEGER PRIMARY KEY,          -- milliseconds when it was added × 4,096 + a counter
    queue INTEGER NOT NULL,
    priority INTEGER NOT NULL,       -- 0 comes first
    tag_set INTEGER NOT NULL,
    payload TEXT NOT NULL,           -- JSON
    task_key TEXT,
    options TEXT,                    -- JSON, where it differs from the queue's
    run_at INTEGER,                  -- while it is delayed
    failures INTEGER NOT NULL DEFAULT 0,
    error TEXT                       -- of the latest failure
  ) STRICT;

  CREATE TABLE queue_ready (
    queue INTEGER NOT NULL,
    tag_set INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (queue, tag_set, priority, id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE queue_delayed (
    queue INTEGER NOT NULL,
    run_at INTEGER NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (queue, run_at, id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE queue_consumers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE queue_leased (
    id INTEGER PRIMARY KEY,
    consumer INTEGER NOT NULL,
    progress TEXT                    -- JSON
  ) STRICT;

  CREATE TABLE queue_done (
    id INTEGER PRIMARY KEY,
    queue INTEGER NOT NULL,
    done_at INTEGER NOT NULL,
    result TEXT                      -- JSON
  ) STRICT;
  CREATE INDEX queue_done_by_age ON queue_done (queue, done_at);

  CREATE TABLE queue_dead (
    queue INTEGER NOT NULL,
    id INTEGER NOT NULL,
    died_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (queue, id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE queue_keys (
    queue INTEGER NOT NULL,
    task_key TEXT NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (queue, task_key)
  ) STRICT, WITHOUT ROWID;
  `,
];

/** Brings the queue's tables up to date, and leaves all others alone. @throws {@link QueueTooNewError} */
export function migrate(database: Database): void {
  database
    .transaction(() => {
      database.exec("CREATE TABLE IF NOT EXISTS queue_schema (version INTEGER NOT NULL) STRICT");
      const version =
        database.prepare<[], number>("SELECT version FROM queue_schema").pluck().get() ?? 0;
      if (version > MIGRATIONS.length) throw new QueueTooNewError(version, MIGRATIONS.length);
      for (const statements of MIGRATIONS.slice(version)) database.exec(statements);
      if (version === 0) database.exec("INSERT INTO queue_schema VALUES (0)");
      database.prepare("UPDATE queue_schema SET version = ?").run(MIGRATIONS.length);
    })
    .immediate();
}
