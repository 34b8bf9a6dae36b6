import SqliteDatabase, { type Database } from "better-sqlite3";
import type { TaskId } from "./task.ts";

const { SqliteError } = SqliteDatabase;

/** A task as its consumer gets it. */
export interface TakenRow {
  id: TaskId;
  priority: number;
  tag_set: number;
  payload: string;
  task_key: string | null;
  options: string | null;
  failures: number;
}

export interface BodyRow extends TakenRow {
  run_at: number | null;
  error: string | null;
  tags: string;
}

export interface NewRow {
  priority: number;
  tagSet: number;
  payload: string;
  key: string | null;
  options: string | null;
  /** `null`: at once. */
  runAt: number | null;
}

/** A row and the id that it is to have. */
export type PlacedRow = NewRow & { id: TaskId };

/** Rows that one statement inserts where there are many: half the time of one by one. */
export const ROWS_AT_ONCE = 16;
/** Most delayed tasks made ready, and done ones forgotten, in one go: a turn is to stay short. */
const CHUNK = 1_000;

export type Tables = ReturnType<typeof createTables>;

/** The statements of one named queue. None opens a transaction of its own: what has to be atomic is for the caller to say. */
export function createTables(database: Database, queue: number) {
  const insertBody = database.prepare(
    `INSERT OR IGNORE INTO queue_bodies (id, queue, priority, tag_set, payload, task_key, options, run_at)
     VALUES (?, ${queue}, ?, ?, ?, ?, ?, ?)`,
  );
  const insertBodies = database.prepare(
    `INSERT INTO queue_bodies (id, queue, priority, tag_set, payload, options)
     VALUES ${Array(ROWS_AT_ONCE).fill(`(?, ${queue}, ?, ?, ?, ?)`).join(", ")}`,
  );
  const insertReadies = database.prepare(
    `INSERT INTO queue_ready VALUES ${Array(ROWS_AT_ONCE).fill(`(${queue}, ?, ?, ?)`).join(", ")}`,
  );
  const insertReady = database.prepare(`INSERT INTO queue_ready VALUES (${queue}, ?, ?, ?)`);
  const insertDelayed = database.prepare(`INSERT INTO queue_delayed VALUES (${queue}, ?, ?)`);
  const insertKey = database.prepare(`INSERT INTO queue_keys VALUES (${queue}, ?, ?)`);
  const selectKey = database
    .prepare<[string], TaskId>(`SELECT id FROM queue_keys WHERE queue = ${queue} AND task_key = ?`)
    .pluck();
  const deleteKey = database.prepare(
    `DELETE FROM queue_keys WHERE queue = ${queue} AND task_key = ?`,
  );
  const insertTagSet = database.prepare("INSERT OR IGNORE INTO queue_tag_sets (tags) VALUES (?)");
  const selectTagSet = database
    .prepare<[string], number>("SELECT id FROM queue_tag_sets WHERE tags = ?")
    .pluck();

  const selectReady = database.prepare<[number, number], TakenRow>(
    `SELECT r.id, r.priority, r.tag_set, b.payload, b.task_key, b.options, b.failures
     FROM queue_ready r CROSS JOIN queue_bodies b ON b.id = r.id
     WHERE r.queue = ${queue} AND r.tag_set = ? ORDER BY r.priority, r.id LIMIT ?`,
  );
  const upTo = `queue = ${queue} AND tag_set = ? AND (priority, id) <= (?, ?)`;
  const leaseReady = database.prepare(
    `INSERT INTO queue_leased (id, consumer) SELECT id, ? FROM queue_ready WHERE ${upTo}`,
  );
  const deleteReady = database.prepare(`DELETE FROM queue_ready WHERE ${upTo}`);
  const deleteOneReady = database.prepare(
    `DELETE FROM queue_ready WHERE queue = ${queue} AND tag_set = ? AND priority = ? AND id = ?`,
  );

  const deleteLeased = database.prepare("DELETE FROM queue_leased WHERE id = ? AND consumer = ?");
  // Many by one statement: two thirds of the time of one by one.
  const these = "IN (SELECT value FROM json_each(?))";
  const deleteLeases = database
    .prepare<[number, string], TaskId>(
      `DELETE FROM queue_leased WHERE consumer = ? AND id ${these} RETURNING id`,
    )
    .pluck();
  const deleteBodies = database.prepare(`DELETE FROM queue_bodies WHERE id ${these}`);
  const deleteBody = database.prepare("DELETE FROM queue_bodies WHERE id = ?");
  const insertDone = database.prepare(`INSERT INTO queue_done VALUES (?, ${queue}, ?, ?)`);
  const insertDead = database.prepare(`INSERT INTO queue_dead VALUES (${queue}, ?, ?, ?)`);
  const noteFailure = database.prepare(
    "UPDATE queue_bodies SET failures = ?, error = ?, run_at = ? WHERE id = ?",
  );
  const notePostponed = database.prepare("UPDATE queue_bodies SET run_at = ? WHERE id = ?");
  const noteProgress = database.prepare(
    "UPDATE queue_leased SET progress = ? WHERE id = ? AND consumer = ?",
  );

  const selectDue = database.prepare<[number], { run_at: number; id: TaskId }>(
    `SELECT run_at, id FROM queue_delayed WHERE queue = ${queue} AND run_at <= ?
     ORDER BY run_at, id LIMIT ${CHUNK}`,
  );
  const due = `queue = ${queue} AND (run_at, id) <= (?, ?)`;
  const readyDue = database.prepare(
    `INSERT INTO queue_ready SELECT queue, tag_set, priority, id FROM queue_bodies
     WHERE id IN (SELECT id FROM queue_delayed WHERE ${due})`,
  );
  const deleteDue = database.prepare(`DELETE FROM queue_delayed WHERE ${due}`);
  const deleteOneDelayed = database.prepare(
    `DELETE FROM queue_delayed WHERE queue = ${queue} AND run_at = ? AND id = ?`,
  );
  const selectNextDue = database
    .prepare<[], number>(
      `SELECT run_at FROM queue_delayed WHERE queue = ${queue} ORDER BY run_at LIMIT 1`,
    )
    .pluck();

  const insertConsumer = database.prepare(
    `INSERT INTO queue_consumers (queue, expires_at) VALUES (${queue}, ?)`,
  );
  const beatConsumer = database.prepare("UPDATE queue_consumers SET expires_at = ? WHERE id = ?");
  const deleteConsumer = database.prepare("DELETE FROM queue_consumers WHERE id = ?");
  const selectLapsed = database
    .prepare<[number], number>(
      `SELECT id FROM queue_consumers WHERE queue = ${queue} AND expires_at < ?`,
    )
    .pluck();
  const selectLeases = database.prepare<[number], TakenRow>(
    `SELECT b.id, b.priority, b.tag_set, b.payload, b.task_key, b.options, b.failures
     FROM queue_leased l CROSS JOIN queue_bodies b ON b.id = l.id WHERE l.consumer = ?`,
  );

  const selectOldDone = database.prepare<[number], { id: TaskId; task_key: string | null }>(
    `SELECT d.id, b.task_key FROM queue_done d CROSS JOIN queue_bodies b ON b.id = d.id
     WHERE d.queue = ${queue} AND d.done_at <= ? ORDER BY d.done_at LIMIT ${CHUNK}`,
  );
  const deleteDone = database.prepare("DELETE FROM queue_done WHERE id = ?");
  const deleteDead = database.prepare(`DELETE FROM queue_dead WHERE queue = ${queue} AND id = ?`);
  const selectPaused = database
    .prepare<[], number>(`SELECT paused FROM queue_names WHERE id = ${queue}`)
    .pluck();
  const selectTagSets = database.prepare<[], { id: number; tags: string }>(
    "SELECT id, tags FROM queue_tag_sets ORDER BY id",
  );
  const selectTagSetCount = database
    .prepare<[], number>("SELECT max(id) FROM queue_tag_sets")
    .pluck();
  const updatePaused = database.prepare(`UPDATE queue_names SET paused = ? WHERE id = ${queue}`);

  function forget(id: TaskId, key: string | null): void {
    deleteBody.run(id);
    if (key !== null) deleteKey.run(key);
  }

  return {
    idOfKey: (key: string) => selectKey.get(key),
    /** The number that stands for these tags (JSON, sorted). Never kept: a transaction that ends badly takes it away. */
    tagSetOf(tags: string): number {
      const known = selectTagSet.get(tags);
      return known ?? Number(insertTagSet.run(tags).lastInsertRowid);
    },
    tagSets: () => selectTagSets.all(),
    latestTagSet: () => selectTagSetCount.get() ?? 0,

    /** `false`, and nothing added, when the id is taken. */
    add(id: TaskId, { priority, tagSet, payload, key, options, runAt }: NewRow): boolean {
      const { changes } = insertBody.run(id, priority, tagSet, payload, key, options, runAt);
      if (changes === 0) return false;
      if (key !== null) insertKey.run(key, id);
      if (runAt === null) insertReady.run(tagSet, priority, id);
      else insertDelayed.run(runAt, id);
      return true;
    },

    /** Adds {@link ROWS_AT_ONCE} rows without keys that are ready. `false`, and nothing added, when an id is taken. */
    addSeveral(rows: readonly PlacedRow[]): boolean {
      const bodies: unknown[] = [];
      const places: number[] = [];
      for (const { id, priority, tagSet, payload, options } of rows) {
        bodies.push(id, priority, tagSet, payload, options);
        places.push(tagSet, priority, id);
      }
      try {
        insertBodies.run(...bodies);
      } catch (error) {
        if (error instanceof SqliteError && error.code === "SQLITE_CONSTRAINT_PRIMARYKEY")
          return false;
        throw error;
      }
      insertReadies.run(...places);
      return true;
    },

    ready: (tagSet: number, limit: number) => selectReady.all(tagSet, limit),
    /** Leases everything of `tagSet` up to and with this task. */
    lease(consumer: number, { tag_set, priority, id }: TakenRow): void {
      leaseReady.run(consumer, tag_set, priority, id);
      deleteReady.run(tag_set, priority, id);
    },

    /** Ends a lease; `false` when it was lost. */
    unlease: (id: TaskId, consumer: number) => deleteLeased.run(id, consumer).changes > 0,
    /** Ends leases. Returns those that were not lost. */
    unleaseAll: (ids: readonly TaskId[], consumer: number): TaskId[] =>
      deleteLeases.all(consumer, JSON.stringify(ids)),
    keepDone(id: TaskId, at: number, result: string): void {
      insertDone.run(id, at, result);
    },
    forgetAll(rows: readonly TakenRow[]): void {
      deleteBodies.run(JSON.stringify(rows.map(({ id }) => id)));
      for (const { task_key } of rows) if (task_key !== null) deleteKey.run(task_key);
    },
    dead(id: TaskId, failures: number, at: number, reason: string): void {
      noteFailure.run(failures, reason, null, id);
      insertDead.run(id, at, reason);
    },
    delay(id: TaskId, failures: number, error: string | null, runAt: number): void {
      noteFailure.run(failures, error, runAt, id);
      insertDelayed.run(runAt, id);
    },
    postpone(id: TaskId, runAt: number): void {
      notePostponed.run(runAt, id);
      insertDelayed.run(runAt, id);
    },
    /** Puts what was leased back to where it was. */
    giveBack({ id, tag_set, priority }: TakenRow): void {
      insertReady.run(tag_set, priority, id);
    },
    failed(id: TaskId, failures: number, error: string | null): void {
      noteFailure.run(failures, error, null, id);
    },
    progress(id: TaskId, consumer: number, progress: string): void {
      noteProgress.run(progress, id, consumer);
    },

    /** Makes ready what is due. Returns whether there may be more of it. */
    promoteDue(now: number): boolean {
      const rows = selectDue.all(now);
      const last = rows.at(-1);
      if (last === undefined) return false;
      readyDue.run(last.run_at, last.id);
      deleteDue.run(last.run_at, last.id);
      return rows.length === CHUNK;
    },
    nextDue: () => selectNextDue.get(),

    enter: (expiresAt: number) => Number(insertConsumer.run(expiresAt).lastInsertRowid),
    /** `false` when others have taken this consumer for dead. */
    beat: (consumer: number, expiresAt: number) =>
      beatConsumer.run(expiresAt, consumer).changes > 0,
    leave(consumer: number): void {
      deleteConsumer.run(consumer);
    },
    /** Consumers whose time ran out before `now`. */
    lapsed: (now: number) => selectLapsed.all(now),
    leasesOf: (consumer: number) => selectLeases.all(consumer),

    /** Forgets what was done at `until` or before, a bounded number at a time. Returns whether there may be more. */
    forgetDone(until: number): boolean {
      const rows = selectOldDone.all(until);
      for (const { id, task_key } of rows) {
        deleteDone.run(id);
        forget(id, task_key);
      }
      return rows.length === CHUNK;
    },
    forget,
    notDead: (id: TaskId) => deleteDead.run(id).changes > 0,
    notReady: ({ tag_set, priority, id }: TakenRow) =>
      deleteOneReady.run(tag_set, priority, id).changes > 0,
    notDelayed: ({ run_at, id }: BodyRow) => deleteOneDelayed.run(run_at, id).changes > 0,
    notDone: (id: TaskId) => deleteDone.run(id).changes > 0,

    isPaused: () => selectPaused.get() === 1,
    setPaused(paused: boolean): void {
      updatePaused.run(paused ? 1 : 0);
    },
  };
}
