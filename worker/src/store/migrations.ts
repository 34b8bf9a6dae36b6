import type { Database } from "better-sqlite3";
import { StoreTooNewError } from "./errors.ts";

/**
 * The schema, one step after the other: `user_version` counts the steps a file has taken. A step that was released is
 * never changed; what has to change is done by another one.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE chain (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    chain_id INTEGER NOT NULL,
    genesis TEXT NOT NULL,      -- hash of block 0: local chains share their ids
    marketplace TEXT NOT NULL,
    account TEXT NOT NULL,
    next_block INTEGER NOT NULL -- first block whose events were not read
  ) STRICT;

  CREATE TABLE jobs (
    job_id TEXT PRIMARY KEY,
    block INTEGER NOT NULL,     -- where it was posted
    terms TEXT NOT NULL,        -- JSON
    spec TEXT NOT NULL,         -- JSON
    state TEXT NOT NULL CHECK (state IN ('discovered', 'ready', 'refused', 'closed')),
    reason TEXT,                -- why it was refused or closed
    task_ms REAL                -- time of the tried task
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX jobs_by_state ON jobs (state, block);

  CREATE TABLE batches (
    job_id TEXT NOT NULL REFERENCES jobs,
    batch INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN
      ('claiming', 'claimed', 'computed', 'submitting', 'submitted', 'settled', 'lost')),
    deadline INTEGER,           -- chain time, seconds: last moment of the submission
    result_root TEXT,
    results TEXT,               -- CID of the result manifest
    settleable_at INTEGER,      -- chain time, seconds: end of the challenge window
    reason TEXT,                -- why it was lost
    PRIMARY KEY (job_id, batch)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX batches_by_state ON batches (state);

  CREATE TABLE task_results (
    job_id TEXT NOT NULL REFERENCES jobs,
    position INTEGER NOT NULL,  -- of the task in the job
    outcome INTEGER NOT NULL,
    cid TEXT,                   -- of the result, where the outcome is ok
    byte_length INTEGER,
    PRIMARY KEY (job_id, position)
  ) STRICT, WITHOUT ROWID;
  `,
];

/** @throws {@link StoreTooNewError} when a later version of this package has written the file. */
export function migrate(database: Database): void {
  const version = database.pragma("user_version", { simple: true }) as number;
  if (version > MIGRATIONS.length) throw new StoreTooNewError(version, MIGRATIONS.length);
  for (const [index, statements] of MIGRATIONS.entries()) {
    if (index < version) continue;
    database.transaction(() => {
      database.exec(statements);
      database.pragma(`user_version = ${index + 1}`);
    })();
  }
}
