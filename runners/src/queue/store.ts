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
    name INTEGER NOT NULL,           -- the hash's first 48 bits: an index of whole hashes is three times as large
    queued INTEGER NOT NULL,         -- its id in the queue
    outcome INTEGER,                 -- as in a result manifest
    result BLOB,
    done_at INTEGER                  -- Unix milliseconds
  ) STRICT;
  CREATE INDEX IF NOT EXISTS runner_tasks_by_name ON runner_tasks (job, name);
  CREATE INDEX IF NOT EXISTS runner_tasks_by_age ON runner_tasks (done_at) WHERE done_at IS NOT NULL;

  -- Apart from the tasks, and only until they are done: then the pages of those that ended are those of the next ones, and are hardly ever
  -- written to the file itself.
  CREATE TABLE IF NOT EXISTS runner_inputs (
    id INTEGER PRIMARY KEY,          -- of the task
    input BLOB NOT NULL
  ) STRICT;
`;

/** Done tasks forgotten in one go: a turn is to stay short. */
const CHUNK = 1_000;
/** Rows that one statement inserts where there are many. */
const ROWS_AT_ONCE = 16;
const NAME_BYTES = 6;

/** How a task ended, if it has. */
export interface StoredEnd {
  id: number;
  outcome: number | null;
  result: Uint8Array | null;
}

/** A task that was added before. */
export type KnownTask = StoredEnd & { hash: Uint8Array; queued: number };

/** What a task that is not done is made of. */
export interface StoredWork {
  id: number;
  job: number;
  input: Uint8Array;
}

export type NewStoredTask = StoredWork & { hash: Uint8Array; queued: number };

/** A task that came to an end. */
export interface DoneWork {
  id: number;
  end: TaskEnd;
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
  // A statement outside of a transaction locks the file, so what is asked of many tasks is one statement.
  const these = "id IN (SELECT value FROM json_each(?))";
  const selectKnown = database.prepare<[string, number], KnownTask>(
    `SELECT t.id, input_hash AS hash, queued, outcome, result
     FROM json_each(?) names CROSS JOIN runner_tasks t ON t.job = ? AND t.name = names.value`,
  );
  const selectWork = database.prepare<[string], StoredWork>(
    `SELECT i.id, job, input FROM runner_inputs i JOIN runner_tasks t ON t.id = i.id
     WHERE i.${these}`,
  );
  const selectEnds = database.prepare<[string], StoredEnd>(
    `SELECT id, outcome, result FROM runner_tasks WHERE ${these} AND outcome IS NOT NULL`,
  );
  const selectQueued = database
    .prepare<[string], number>(`SELECT queued FROM runner_tasks WHERE ${these}`)
    .pluck();
  const selectLastId = database
    .prepare<[], number>("SELECT coalesce(max(id), 0) FROM runner_tasks")
    .pluck();
  const insertTasks = inserter(database, "runner_tasks (id, job, input_hash, name, queued)", 5);
  const insertInputs = inserter(database, "runner_inputs (id, input)", 2);
  const updateQueued = database.prepare<[number, number]>(
    "UPDATE runner_tasks SET queued = ? WHERE id = ?",
  );
  const updateDone = database.prepare<[number, Uint8Array | null, number, number]>(
    "UPDATE runner_tasks SET outcome = ?, result = ?, done_at = ? WHERE id = ?",
  );
  const deleteInputs = database.prepare(`DELETE FROM runner_inputs WHERE ${these}`);
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
    /** Those of a job that are known, by their {@link keyOf}. */
    known(job: number, hashes: readonly Uint8Array[]): Map<string, KnownTask> {
      const rows = selectKnown.all(JSON.stringify(hashes.map(nameOf)), job);
      return new Map(rows.map((row) => [keyOf(row.hash), row]));
    },
    /** Of those that are not done. */
    workOf: (ids: readonly number[]) => selectWork.all(JSON.stringify(ids)),
    /** Of those that are done. */
    endsOf: (ids: readonly number[]) => selectEnds.all(JSON.stringify(ids)),
    /** Their ids in the queue. */
    queuedOf: (ids: readonly number[]) => selectQueued.all(JSON.stringify(ids)),
    /** The highest that is taken. */
    lastId: () => selectLastId.get() ?? 0,
    add(tasks: readonly NewStoredTask[]): void {
      insertTasks(tasks.map(({ id, job, hash, queued }) => [id, job, hash, nameOf(hash), queued]));
      insertInputs(tasks.map(({ id, input }) => [id, input]));
    },
    setQueued: (id: number, queued: number) => void updateQueued.run(queued, id),
    setDone(done: readonly DoneWork[], now: number): void {
      for (const { id, end } of done) {
        const bytes = end.outcome === Outcome.ok ? end.bytes : null;
        updateDone.run(outcomeCode(end.outcome), bytes, now, id);
      }
      deleteInputs.run(JSON.stringify(done.map(({ id }) => id)));
    },
    /** @returns whether there may be more. */
    forget: (before: number) => deleteOld.run(before).changes === CHUNK,
  };
}

/** A hash as what maps can have as a key. */
export const keyOf = (hash: Uint8Array): string => bufferOf(hash).toString("latin1");

/** What the index has of a hash: tasks of the same name are told apart by their hashes. */
const nameOf = (hash: Uint8Array): number => bufferOf(hash).readUIntBE(0, NAME_BYTES);

const bufferOf = ({ buffer, byteOffset, length }: Uint8Array) =>
  Buffer.from(buffer, byteOffset, length);

/** Inserts rows of so many columns into a table, many by one statement. */
function inserter(database: Database, into: string, columns: number) {
  const row = `(${Array(columns).fill("?").join(", ")})`;
  const of = (rows: number) =>
    database.prepare(`INSERT INTO ${into} VALUES ${Array(rows).fill(row).join(", ")}`);
  const [one, many] = [of(1), of(ROWS_AT_ONCE)];
  return (rows: readonly (readonly unknown[])[]): void => {
    const even = rows.length - (rows.length % ROWS_AT_ONCE);
    for (let at = 0; at < even; at += ROWS_AT_ONCE) {
      many.run(...rows.slice(at, at + ROWS_AT_ONCE).flat());
    }
    for (const values of rows.slice(even)) one.run(...values);
  };
}

/** How a stored task ended; `undefined` while it has not. */
export function endOf({ outcome: code, result }: StoredEnd): TaskEnd | undefined {
  if (code === null) return undefined;
  const outcome = outcomeOfCode(code);
  if (outcome === undefined) throw new QueueFileError(`has an unknown outcome (${code})`);
  if (outcome !== Outcome.ok) return { outcome };
  return { outcome, bytes: new Uint8Array(result ?? []) };
}
