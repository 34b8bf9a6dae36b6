import { existsSync } from "node:fs";
import SqliteDatabase, { type Database } from "better-sqlite3";
import { StoreInvalidError } from "../define/errors.ts";
import {
  EVENT_KINDS,
  type EventKind,
  type EventQuery,
  type PipelineEvent,
} from "../events/eventLog.ts";
import type { StoredStep } from "../store/runs.ts";
import { migrate } from "../store/schema.ts";

export interface StepStatus extends StoredStep {
  counts: Record<EventKind, number>;
}

/** The latest run on a file. */
export interface PipelineStatus {
  pipeline: string;
  run: number;
  /** Milliseconds of `Date.now()`. */
  startedAt: number;
  endedAt: number | null;
  /** `done`, the reason why it failed, or nothing: it is under way, or was killed. */
  outcome: string | null;
  steps: StepStatus[];
  /** By epoch and step index: what happened there. */
  epochs: { epoch: number; step: number; counts: Record<EventKind, number> }[];
}

interface RunRow {
  id: number;
  pipeline: string;
  steps: string;
  started_at: number;
  ended_at: number | null;
  outcome: string | null;
}

/** Which events of which run are wanted. */
export interface StoredEventQuery extends EventQuery {
  /** Default: the latest. */
  run?: number | undefined;
}

/**
 * Reads how far the latest run on a file is, from any process.
 * @returns `undefined` when none was begun.
 *
 * @throws {@link StoreInvalidError}
 */
export function readStatus(file: string): PipelineStatus | undefined {
  return reading(file, statusIn);
}

/**
 * Reads what happened in a run, from any process: by step, then by epoch, then in order. Of one step, or one step and epoch, nothing else is looked at.
 *
 * @throws {@link StoreInvalidError}
 */
export function readEvents(file: string, query: StoredEventQuery = {}): PipelineEvent[] {
  return reading(file, (database) => eventsIn(database, query));
}

function reading<T>(file: string, read: (database: Database) => T): T {
  if (!existsSync(file))
    throw new StoreInvalidError(`There is no ${file}: name the file of a run.`);
  let database: Database | undefined;
  try {
    database = new SqliteDatabase(file, { readonly: true });
    migrate(database, file);
    return read(database);
  } catch (cause) {
    if (cause instanceof StoreInvalidError) throw cause;
    throw new StoreInvalidError(`${file} cannot be read as a store of pipelines.`, { cause });
  } finally {
    database?.close();
  }
}

type EventRow = Omit<PipelineEvent, "kind"> & { kind: number };

function eventsIn(
  database: Database,
  { run, step, epoch, kind }: StoredEventQuery,
): PipelineEvent[] {
  const latest = database.prepare<[], number | null>("SELECT max(id) FROM runs").pluck().get();
  const wanted = [
    ["run", run ?? latest ?? 0],
    ["step", step],
    ["epoch", epoch],
    ["kind", kind === undefined ? undefined : EVENT_KINDS.indexOf(kind)],
  ] as const;
  const given = wanted.filter(([, value]) => value !== undefined);
  const where = given.map(([column]) => `${column} = ?`).join(" AND ");
  return database
    .prepare<unknown[], EventRow>(
      `SELECT step, epoch, kind, position, piece, at FROM events WHERE ${where} ORDER BY step, epoch, number`,
    )
    .all(...given.map(([, value]) => value))
    .map((row) => ({ ...row, kind: EVENT_KINDS[row.kind] ?? "started" }));
}

function statusIn(database: Database): PipelineStatus | undefined {
  const run = database.prepare<[], RunRow>("SELECT * FROM runs ORDER BY id DESC LIMIT 1").get();
  if (run === undefined) return undefined;
  const stored: StoredStep[] = JSON.parse(run.steps);
  const steps = stored.map((step): StepStatus => ({ ...step, counts: noCounts() }));
  const rows = database
    .prepare<[number], { step: number; epoch: number; kind: number; count: number }>(
      "SELECT step, epoch, kind, count(*) AS count FROM events WHERE run = ? GROUP BY step, epoch, kind",
    )
    .all(run.id);
  const epochs = new Map<string, PipelineStatus["epochs"][number]>();
  for (const { step, epoch, kind, count } of rows) {
    const name = EVENT_KINDS[kind] ?? "started";
    const key = `${epoch}/${step}`;
    const one = epochs.get(key) ?? { epoch, step, counts: noCounts() };
    one.counts[name] = count;
    epochs.set(key, one);
    const all = steps[step]?.counts;
    if (all !== undefined) all[name] += count;
  }
  const { id, pipeline, started_at: startedAt, ended_at: endedAt, outcome } = run;
  const ordered = [...epochs.values()].sort((a, b) => a.epoch - b.epoch || a.step - b.step);
  return { pipeline, run: id, startedAt, endedAt, outcome, steps, epochs: ordered };
}

function noCounts(): Record<EventKind, number> {
  return Object.fromEntries(EVENT_KINDS.map((kind) => [kind, 0])) as Record<EventKind, number>;
}
