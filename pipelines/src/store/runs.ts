import type { Database } from "better-sqlite3";

/** A step of a run, for who asks how far it is. */
export interface StoredStep {
  name: string;
  kind: string;
  runner: string | undefined;
}

/** The outcome of a run that its caller ended. */
export const ABORTED = "aborted";

/** The first of the runs that a run which begins now continues: the one before it was killed or aborted. */
export function continuedRun(database: Database, pipeline: string): number | undefined {
  const last = database
    .prepare<[string], { origin: number; outcome: string | null }>(
      "SELECT origin, outcome FROM runs WHERE pipeline = ? ORDER BY id DESC LIMIT 1",
    )
    .get(pipeline);
  if (last === undefined) return undefined;
  return last.outcome === null || last.outcome === ABORTED ? last.origin : undefined;
}

/** @returns its id, and that of the first run that it continues, or its own. */
export function beginRun(
  database: Database,
  pipeline: string,
  steps: readonly StoredStep[],
): { run: number; origin: number } {
  return database.transaction(() => {
    const continued = continuedRun(database, pipeline);
    const { lastInsertRowid } = database
      .prepare("INSERT INTO runs (pipeline, steps, origin, started_at) VALUES (?, ?, 0, ?)")
      .run(pipeline, JSON.stringify(steps), Date.now());
    const run = Number(lastInsertRowid);
    const origin = continued ?? run;
    database.prepare("UPDATE runs SET origin = ? WHERE id = ?").run(origin, run);
    return { run, origin };
  })();
}

export function endRun(database: Database, run: number, outcome: string): void {
  database
    .prepare("UPDATE runs SET ended_at = ?, outcome = ? WHERE id = ?")
    .run(Date.now(), outcome, run);
}
