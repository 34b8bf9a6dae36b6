import { Outcome, outcomeCode, outcomeOfCode } from "@assay/sdk/protocol";
import type { Database } from "better-sqlite3";
import type { TaskLimits } from "../runner/limits.ts";
import type { TaskEnd } from "../runner/runner.ts";
import { QueueFileError } from "./errors.ts";

// A task is named by what it computes: program, limits and the hash of its input. So a run that is begun again finds what was done, in
// whatever process, and the same input twice is computed once.
const TABLES = `
  CREATE TABLE IF NOT EXISTS runner_programs (
    id INTEGER PRIMARY KEY,
    cid TEXT NOT NULL UNIQUE,
    wasm BLOB NOT NULL
  ) STRICT;

  CREATE TABLE IF NOT EXISTS runner_jobs (
    id INTEGER PRIMARY KEY,
    program INTEGER NOT NULL REFERENCES runner_programs,
    max_steps TEXT NOT NULL,
    max_result_bytes INTEGER NOT NULL,
    UNIQUE (program, max_steps, max_result_bytes)
  ) STRICT;

  CREATE TABLE IF NOT EXISTS runner_tasks (
    id INTEGER PRIMARY KEY,
    job INTEGER NOT NULL REFERENCES runner_jobs,
    input_hash BLOB NOT NULL,        -- blake3
    input BLOB,                      -- until it is done
    queued INTEGER NOT NULL,         -- its id in the queue
    outcome INTEGER,                 -- as in a result manifest
    result BLOB,
    done_at INTEGER,                 -- Unix milliseconds
    UNIQUE (job, input_hash)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS runner_tasks_by_age ON runner_tasks (done_at) WHERE done_at IS NOT NULL;
`;

/** Done tasks forgotten in one go: a turn is to stay short. */
const CHUNK = 1_000;

export interface StoredTask {
  id: number;
  job: number;
  input: Uint8Array | null;
  queued: number;
  outcome: number | null;
  result: Uint8Array | null;
}

export interface StoredJob {
  cid: string;
  wasm: Uint8Array;
  limits: TaskLimits;
}

export type TaskStore = ReturnType<typeof createTaskStore>;

/** The runner's own tables, in the file of its queue: a task and its place in the queue are written by one transaction. */
export function createTaskStore(database: Database) {
  database.exec(TABLES);
  const insertProgram = database.prepare<[string, Uint8Array]>(
    "INSERT OR IGNORE INTO runner_programs (cid, wasm) VALUES (?, ?)",
  );
  const insertJob = database.prepare<[string, number, string]>(
    `INSERT OR IGNORE INTO runner_jobs (program, max_steps, max_result_bytes)
     SELECT id, ?, ? FROM runner_programs WHERE cid = ?`,
  );
  const selectJob = database
    .prepare<[string, string, number], number>(
      `SELECT j.id FROM runner_jobs j JOIN runner_programs p ON p.id = j.program
       WHERE p.cid = ? AND j.max_steps = ? AND j.max_result_bytes = ?`,
    )
    .pluck();
  const selectJobById = database.prepare<
    [number],
    { cid: string; wasm: Uint8Array; max_steps: string; max_result_bytes: number }
  >(
    `SELECT p.cid, p.wasm, j.max_steps, j.max_result_bytes
     FROM runner_jobs j JOIN runner_programs p ON p.id = j.program WHERE j.id = ?`,
  );
  const selectTask = database.prepare<[number, Uint8Array], StoredTask>(
    "SELECT * FROM runner_tasks WHERE job = ? AND input_hash = ?",
  );
  const selectTaskById = database.prepare<[number], StoredTask>(
    "SELECT * FROM runner_tasks WHERE id = ?",
  );
  const insertTask = database.prepare<[number, Uint8Array, Uint8Array]>(
    "INSERT INTO runner_tasks (job, input_hash, input, queued) VALUES (?, ?, ?, 0)",
  );
  const updateQueued = database.prepare<[number, number]>(
    "UPDATE runner_tasks SET queued = ? WHERE id = ?",
  );
  const updateDone = database.prepare<[number, Uint8Array | null, number, number]>(
    "UPDATE runner_tasks SET outcome = ?, result = ?, done_at = ?, input = NULL WHERE id = ?",
  );
  const deleteOld = database.prepare<[number]>(
    `DELETE FROM runner_tasks WHERE id IN
     (SELECT id FROM runner_tasks WHERE done_at < ? ORDER BY done_at LIMIT ${CHUNK})`,
  );

  return {
    /** The number of a program under these limits, in this file. */
    jobOf(cid: string, wasm: Uint8Array, { maxSteps, maxResultBytes }: TaskLimits): number {
      const named = [cid, String(maxSteps), maxResultBytes] as const;
      const known = selectJob.get(...named);
      if (known !== undefined) return known;
      insertProgram.run(cid, wasm);
      insertJob.run(String(maxSteps), maxResultBytes, cid);
      return selectJob.get(...named) as number;
    },
    job(id: number): StoredJob {
      const row = selectJobById.get(id);
      if (row === undefined) throw new QueueFileError(`has tasks of an unknown program (${id})`);
      const { cid, wasm, max_steps, max_result_bytes: maxResultBytes } = row;
      return { cid, wasm, limits: { maxSteps: BigInt(max_steps), maxResultBytes } };
    },
    find: (job: number, hash: Uint8Array) => selectTask.get(job, hash),
    get: (id: number) => selectTaskById.get(id),
    add: (job: number, hash: Uint8Array, input: Uint8Array) =>
      Number(insertTask.run(job, hash, input).lastInsertRowid),
    setQueued: (id: number, queued: number) => void updateQueued.run(queued, id),
    setDone(id: number, end: TaskEnd, now: number): void {
      const bytes = end.outcome === Outcome.ok ? end.bytes : null;
      updateDone.run(outcomeCode(end.outcome), bytes, now, id);
    },
    /** @returns whether there may be more. */
    forget: (before: number) => deleteOld.run(before).changes === CHUNK,
  };
}

/** How a stored task ended; `undefined` while it has not. */
export function endOf({ outcome: code, result }: StoredTask): TaskEnd | undefined {
  if (code === null) return undefined;
  const outcome = outcomeOfCode(code);
  if (outcome === undefined) throw new QueueFileError(`has an unknown outcome (${code})`);
  if (outcome !== Outcome.ok) return { outcome };
  return { outcome, bytes: new Uint8Array(result ?? new Uint8Array()) };
}
