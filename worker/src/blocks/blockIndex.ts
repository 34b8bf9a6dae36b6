import SqliteDatabase from "better-sqlite3";

/** How old a block's last use may be in the index before it is written down anew, in milliseconds. */
const TOUCH_MS = 60_000;
/** The job that blocks are kept for which were there before the index was: nobody knows whose they are. */
const ADOPTED = "adopted";
/** How long those are kept: as long as the longest challenge window that a Marketplace allows, in milliseconds. */
const ADOPTED_MS = 7 * 24 * 60 * 60_000;

export interface BlockSize {
  /** Multihash of the block. */
  key: Uint8Array;
  bytes: number;
}

/** Which blocks there are, how large they are, when they were used last, and for which jobs they are kept. */
export interface BlockIndex {
  /** Bytes of all blocks. */
  readonly usedBytes: number;
  readonly isNew: boolean;
  /** Notes a block and its use. It is said before the block is written, so that none is forgotten. */
  add(block: BlockSize, job: string | undefined): void;
  /** Notes the use of a block; one that is unknown stays so. */
  touch(key: Uint8Array, job: string | undefined): void;
  remove(key: Uint8Array): void;
  /** Takes over the blocks of a folder that had no index. */
  adopt(blocks: readonly BlockSize[]): void;
  /** Blocks of jobs that are over for `retentionMs` are not kept for them any longer. */
  release(jobsInProgress: ReadonlySet<string>, retentionMs: number): void;
  /** Blocks that are kept for no job and were not used for `idleMs`, the longest unused first. */
  evictable(count: number, idleMs: number): BlockSize[];
  close(): void;
}

const SCHEMA = `
  CREATE TABLE blocks (
    key BLOB PRIMARY KEY,
    bytes INTEGER NOT NULL,
    used_at INTEGER NOT NULL    -- milliseconds since 1970
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX blocks_by_use ON blocks (used_at);
  CREATE TABLE kept (
    key BLOB NOT NULL,
    job TEXT NOT NULL,
    PRIMARY KEY (key, job)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX kept_by_job ON kept (job);
  CREATE TABLE released (
    job TEXT PRIMARY KEY,
    at INTEGER NOT NULL         -- milliseconds since 1970: when it was first seen to be over
  ) STRICT, WITHOUT ROWID;
`;

/**
 * Opens (or creates) the index of a folder of blocks. It may know of blocks that are gone, never the other way round.
 * @param now - milliseconds since 1970.
 */
export function openBlockIndex(file: string, now: () => number = Date.now): BlockIndex {
  const database = new SqliteDatabase(file);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  const isNew = database.pragma("user_version", { simple: true }) === 0;
  if (isNew) {
    database.transaction(() => {
      database.exec(SCHEMA);
      database.pragma("user_version = 1");
    })();
  }
  const statements = {
    insert: database.prepare("INSERT OR IGNORE INTO blocks VALUES (?, ?, ?)"),
    touch: database.prepare("UPDATE blocks SET used_at = ? WHERE key = ? AND used_at < ?"),
    keep: database.prepare("INSERT OR IGNORE INTO kept SELECT key, ? FROM blocks WHERE key = ?"),
    remove: database.prepare<[Uint8Array], number>(
      "DELETE FROM blocks WHERE key = ? RETURNING bytes",
    ),
    forget: database.prepare("DELETE FROM kept WHERE key = ?"),
    total: database.prepare<[], number>("SELECT coalesce(sum(bytes), 0) FROM blocks").pluck(),
    jobs: database.prepare<[], string>("SELECT DISTINCT job FROM kept").pluck(),
    resume: database.prepare("DELETE FROM released WHERE job = ?"),
    release: database.prepare("INSERT OR IGNORE INTO released VALUES (?, ?)"),
    over: database.prepare<[number], string>("SELECT job FROM released WHERE at <= ?").pluck(),
    unkeep: database.prepare("DELETE FROM kept WHERE job = ?"),
    evictable: database.prepare<[number, number], BlockSize>(
      `SELECT key, bytes FROM blocks WHERE used_at <= ?
       AND NOT EXISTS (SELECT 1 FROM kept WHERE kept.key = blocks.key) ORDER BY used_at LIMIT ?`,
    ),
  };
  let usedBytes = statements.total.get() ?? 0;

  function add({ key, bytes }: BlockSize, job: string | undefined): void {
    const { changes } = statements.insert.run(key, bytes, now());
    if (changes > 0) usedBytes += bytes;
    touch(key, job);
  }

  function touch(key: Uint8Array, job: string | undefined): void {
    statements.touch.run(now(), key, now() - TOUCH_MS);
    if (job !== undefined) statements.keep.run(job, key);
  }

  return {
    get usedBytes() {
      return usedBytes;
    },
    isNew,
    add,
    touch,
    remove(key) {
      const bytes = statements.remove.pluck().get(key);
      usedBytes -= bytes ?? 0;
      statements.forget.run(key);
    },
    adopt: database.transaction((blocks: readonly BlockSize[]) => {
      for (const block of blocks) add(block, ADOPTED);
      statements.release.run(ADOPTED, now() + ADOPTED_MS);
    }),
    release: database.transaction((jobsInProgress: ReadonlySet<string>, retentionMs: number) => {
      for (const job of statements.jobs.all()) {
        if (jobsInProgress.has(job)) statements.resume.run(job);
        else statements.release.run(job, now());
      }
      for (const job of statements.over.all(now() - retentionMs)) {
        statements.unkeep.run(job);
        statements.resume.run(job);
      }
    }),
    evictable: (count, idleMs) => statements.evictable.all(now() - idleMs, count),
    close: () => database.close(),
  };
}
