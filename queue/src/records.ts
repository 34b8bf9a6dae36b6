import type { Database } from "better-sqlite3";
import { addedAtOf } from "./ids.ts";
import type { BodyRow } from "./tables.ts";
import { PRIORITIES, type TaskId, type TaskRecord, type TaskState } from "./task.ts";

export type QueueCounts = Record<TaskState, number>;

/** Page of a listing. */
export interface ListOptions {
  /** Default: 100. */
  limit?: number | undefined;
  /** Only what comes after this one. */
  after?: TaskId | undefined;
  /** Only those among these. */
  among?: readonly TaskId[] | undefined;
}

/** Reads the queue's tasks for people and metrics; the consumer does not need it. */
export function createRecords<Payload>(database: Database, queue: number) {
  const body = `SELECT b.*, t.tags FROM queue_bodies b JOIN queue_tag_sets t ON t.id = b.tag_set`;
  const selectBody = database.prepare<[TaskId], BodyRow>(
    `${body} WHERE b.id = ? AND b.queue = ${queue}`,
  );
  const selectDead = database.prepare<[TaskId, number], BodyRow>(
    `${body} JOIN queue_dead d ON d.id = b.id
     WHERE d.queue = ${queue} AND d.id > ? ORDER BY d.id LIMIT ?`,
  );
  const selectDeadAmong = database.prepare<[TaskId, string, number], BodyRow>(
    `${body} JOIN queue_dead d ON d.id = b.id
     WHERE d.queue = ${queue} AND d.id > ? AND d.id IN (SELECT value FROM json_each(?))
     ORDER BY d.id LIMIT ?`,
  );
  const isDead = database.prepare<[TaskId]>(
    `SELECT 1 FROM queue_dead WHERE queue = ${queue} AND id = ?`,
  );
  const selectProgress = database.prepare<[TaskId], { progress: string | null }>(
    "SELECT progress FROM queue_leased WHERE id = ?",
  );
  const selectResult = database.prepare<[TaskId], { result: string | null }>(
    "SELECT result FROM queue_done WHERE id = ?",
  );
  const selectCounts = database.prepare<[], QueueCounts>(
    `SELECT
       (SELECT count(*) FROM queue_ready WHERE queue = ${queue}) AS ready,
       (SELECT count(*) FROM queue_delayed WHERE queue = ${queue}) AS delayed,
       (SELECT count(*) FROM queue_consumers c JOIN queue_leased l ON l.consumer = c.id
          WHERE c.queue = ${queue}) AS leased,
       (SELECT count(*) FROM queue_done WHERE queue = ${queue}) AS done,
       (SELECT count(*) FROM queue_dead WHERE queue = ${queue}) AS dead`,
  );
  const selectUnfinished = database
    .prepare<[], number>(
      `SELECT EXISTS (SELECT 1 FROM queue_ready WHERE queue = ${queue})
         OR EXISTS (SELECT 1 FROM queue_delayed WHERE queue = ${queue})
         OR EXISTS (SELECT 1 FROM queue_consumers c JOIN queue_leased l ON l.consumer = c.id
                    WHERE c.queue = ${queue})`,
    )
    .pluck();

  function placeOf(row: BodyRow): Pick<TaskRecord<Payload>, "state" | "progress" | "result"> {
    const { id } = row;
    const leased = selectProgress.get(id);
    if (leased !== undefined)
      return { ...nothing, state: "leased", progress: parse(leased.progress) };
    const done = selectResult.get(id);
    if (done !== undefined) return { ...nothing, state: "done", result: parse(done.result) };
    if (isDead.get(id) !== undefined) return { ...nothing, state: "dead" };
    return { ...nothing, state: row.run_at === null ? "ready" : "delayed" };
  }

  /** A body keeps the time at which it was due; it is delayed for as long as it lies among the delayed. */
  const isDelayed = database.prepare<[number, TaskId]>(
    `SELECT 1 FROM queue_delayed WHERE queue = ${queue} AND run_at = ? AND id = ?`,
  );

  function toRecord(row: BodyRow): TaskRecord<Payload> {
    const waits = row.run_at !== null && isDelayed.get(row.run_at, row.id) !== undefined;
    const current = { ...row, run_at: waits ? row.run_at : null };
    return {
      id: row.id,
      ...placeOf(current),
      payload: JSON.parse(row.payload),
      priority: PRIORITIES[row.priority] ?? "normal",
      tags: JSON.parse(row.tags),
      key: row.task_key ?? undefined,
      addedAt: addedAtOf(row.id),
      runAt: current.run_at ?? undefined,
      failures: row.failures,
      error: row.error ?? undefined,
    };
  }

  return {
    body: (id: TaskId) => selectBody.get(id),
    record(id: TaskId): TaskRecord<Payload> | undefined {
      const row = selectBody.get(id);
      return row === undefined ? undefined : toRecord(row);
    },
    dead({ limit = 100, after = 0, among }: ListOptions): TaskRecord<Payload>[] {
      const rows =
        among === undefined
          ? selectDead.all(after, limit)
          : selectDeadAmong.all(after, JSON.stringify(among), limit);
      return rows.map(toRecord);
    },
    counts: (): QueueCounts => selectCounts.get() as QueueCounts,
    isWorkedOff: () => selectUnfinished.get() === 0,
  };
}

const nothing = { progress: undefined, result: undefined };

function parse(json: string | null): unknown {
  return json === null ? undefined : JSON.parse(json);
}
