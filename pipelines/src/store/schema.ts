import type { Database } from "better-sqlite3";
import { StoreInvalidError } from "../define/errors.ts";

/** Marks a SQLite file as one of ours: "ASPL". */
const APPLICATION_ID = 0x4153504c;

/** The tables, one step after the other. A step that was released is never changed. */
const MIGRATIONS: readonly string[] = [
  `
  -- What was computed: by kind, program or function, limits and inputs, see memoKey.ts.
  CREATE TABLE memo (
    key BLOB PRIMARY KEY,
    outcome INTEGER NOT NULL,        -- index in OUTCOMES
    digests BLOB NOT NULL,           -- BLAKE3 of each result, 32 bytes each
    small BLOB                       -- the only result, if it is short
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE blobs (
    digest BLOB NOT NULL UNIQUE,
    bytes BLOB NOT NULL
  ) STRICT;

  CREATE TABLE effects (
    id BLOB PRIMARY KEY,
    state INTEGER NOT NULL           -- index in EFFECT_STATES
  ) STRICT, WITHOUT ROWID;

  -- What came from streams that cannot be read again.
  CREATE TABLE inputs (
    input TEXT NOT NULL,
    number INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (input, number)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    pipeline TEXT NOT NULL,
    steps TEXT NOT NULL,             -- JSON: name, kind and runner of each
    -- The first run of those that continue each other: what is remembered for one run only is remembered under its id.
    origin INTEGER NOT NULL,
    started_at REAL NOT NULL,
    ended_at REAL,
    outcome TEXT                     -- done, or the reason why not; NULL: under way, or killed
  ) STRICT;

  CREATE TABLE events (
    run INTEGER NOT NULL,
    step INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    number INTEGER NOT NULL,
    kind INTEGER NOT NULL,           -- index in EVENT_KINDS
    position INTEGER NOT NULL,
    piece INTEGER NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (run, step, epoch, number)
  ) STRICT, WITHOUT ROWID;
  `,
];

/** @throws {@link StoreInvalidError} */
export function migrate(database: Database, file: string): void {
  const pragma = (name: string) => database.pragma(name, { simple: true }) as number;
  const tables = database.prepare("SELECT count(*) FROM sqlite_master").pluck().get() as number;
  const version = pragma("user_version");
  if (tables > 0 && pragma("application_id") !== APPLICATION_ID) {
    throw new StoreInvalidError(`${file} is a database of something else: name another file.`);
  }
  if (version > MIGRATIONS.length) {
    throw new StoreInvalidError(
      `${file} is of a later version: update Assay, or name another file.`,
    );
  }
  if (version === MIGRATIONS.length) return;
  database.transaction(() => {
    for (const step of MIGRATIONS.slice(version)) database.exec(step);
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${MIGRATIONS.length}`);
  })();
}
