/** A million task events, recorded in memory and on disk, in a process of its own: seconds of CPU, events a second, memory. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EventLog, readEvents, readStatus } from "@assay/pipelines";
import { Store } from "../../pipelines/src/store/store.ts";

const EVENTS = 1_000_000;
const STEPS = 10;
const EPOCHS = 20;
/** Events of one turn of a run's loop, which are committed together. */
const TURN = 5_000;

/** Two events a task, step by step, as a run records them. */
function recordInto(log: EventLog, from: number, count: number): void {
  for (let i = from; i < from + count; i++) {
    const task = i >> 1;
    log.record(i & 1, (task >> 6) % STEPS, Math.floor((task * EPOCHS * 2) / EVENTS), task, -1, i);
  }
}

function inMemory() {
  const log = new EventLog(EVENTS);
  const before = process.cpuUsage();
  recordInto(log, 0, EVENTS);
  const { user, system } = process.cpuUsage(before);
  const askedAt = performance.now();
  const found = [...log.query({ step: 3, epoch: 7, kind: "done" })].length;
  const queryMs = performance.now() - askedAt;
  if (found !== log.counts(3, 7).done || found === 0) throw new Error(`${found} events were found`);
  return { cpuSeconds: (user + system) / 1e6, queryMs, found };
}

function onDisk() {
  const folder = mkdtempSync(join(tmpdir(), "assay-bench-events-"));
  try {
    const file = join(folder, "store.sqlite");
    const store = new Store(file);
    const log = new EventLog(4 * TURN);
    const steps = Array.from({ length: STEPS }, (_, i) => ({
      name: `step-${i}`,
      kind: "map",
      runner: undefined,
    }));
    store.begin("bench", steps, log);
    const startedAt = performance.now();
    const before = process.cpuUsage();
    for (let at = 0; at < EVENTS; at += TURN) {
      recordInto(log, at, TURN);
      store.flush();
    }
    const seconds = (performance.now() - startedAt) / 1_000;
    const { user, system } = process.cpuUsage(before);
    store.close();
    const askedAt = performance.now();
    const found = readEvents(file, { step: 3, epoch: 7, kind: "done" }).length;
    const queryMs = performance.now() - askedAt;
    const all = readStatus(file)?.epochs.reduce(
      (sum, { counts }) => sum + counts.started + counts.done,
      0,
    );
    if (all !== EVENTS) throw new Error(`${all} of ${EVENTS} events are in the file`);
    const megabytes = statSync(file).size / 1e6;
    return {
      perSecond: EVENTS / seconds,
      cpuSeconds: (user + system) / 1e6,
      queryMs,
      found,
      megabytes,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

recordInto(new EventLog(EVENTS), 0, EVENTS); // so that what is measured is compiled
const result = process.argv[2] === "disk" ? onDisk() : inMemory();
const rssMb = process.memoryUsage().rss / 2 ** 20;
process.stdout.write(`${JSON.stringify({ ...result, rssMb })}\n`);
