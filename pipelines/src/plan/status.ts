import { existsSync } from "node:fs";
import SqliteDatabase, { type Database } from "better-sqlite3";
import { StoreInvalidError } from "../define/errors.ts";
import { EVENT_KINDS, type EventKind } from "../events/eventLog.ts";
import { migrate } from "../store/schema.ts";
import type { StoredStep } from "../store/store.ts";

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

/**
 * Reads how far the latest run on a file is, from any process.
 * @returns `undefined` when none was begun.
 *
 * @throws {@link StoreInvalidError}
 */
export function readStatus(file: string): PipelineStatus | undefined {
  if (!existsSync(file))
    throw new StoreInvalidError(`There is no ${file}: name the file of a run.`);
  let database: Database | undefined;
  try {
    database = new SqliteDatabase(file, { readonly: true });
    migrate(database, file);
    return statusIn(database);
  } catch (cause) {
    if (cause instanceof StoreInvalidError) throw cause;
    throw new StoreInvalidError(`${file} cannot be read as a store of pipelines.`, { cause });
  } finally {
    database?.close();
  }
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
