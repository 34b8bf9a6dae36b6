import { expect, test } from "vitest";
import { EVENT_KINDS, EventLog, type PipelineEvent } from "./eventLog.ts";

const eventOf = (i: number): PipelineEvent => ({
  kind: EVENT_KINDS[i % 6] ?? "done",
  ...{ step: (i >> 3) % 5, epoch: i >> 12, position: i, piece: (i % 3) - 1, at: 1_000 + i },
});

test("events are found by step, epoch and kind, the newest first, and counted", () => {
  const log = new EventLog();
  const all = Array.from({ length: 50_000 }, (_, i) => eventOf(i));
  for (const { kind, step, epoch, position, piece, at } of all) {
    log.record(EVENT_KINDS.indexOf(kind), step, epoch, position, piece, at);
  }
  expect([...log.query()]).toEqual(all.toReversed());
  for (const query of [
    { step: 2 },
    { epoch: 3 },
    { step: 4, epoch: 11 },
    { step: 1, epoch: 2, kind: "done" as const },
  ]) {
    const found = all.filter(
      ({ kind, step, epoch }) =>
        (query.step ?? step) === step &&
        (query.epoch ?? epoch) === epoch &&
        (query.kind ?? kind) === kind,
    );
    expect(found.length).toBeGreaterThan(100);
    expect([...log.query(query)]).toEqual(found.toReversed());
  }
  expect(log.counts(4, 11).done).toBe([...log.query({ step: 4, epoch: 11, kind: "done" })].length);
  expect(Object.values(log.counts(3)).reduce((a, b) => a + b)).toBe(
    [...log.query({ step: 3 })].length,
  );
  expect([...log.query({ step: 9, epoch: 0 })]).toEqual([]);
});

test("only the newest are kept, and all are counted", () => {
  const log = new EventLog(40_000);
  for (let i = 0; i < 200_000; i++) log.record(1, 0, i >> 4, i, -1, i);
  const kept = [...log.query()];
  expect(kept.length).toBeGreaterThanOrEqual(40_000);
  expect(kept.length).toBeLessThan(140_000);
  expect(log.counts(0).done).toBe(200_000);
  expect([...log.query({ step: 0, epoch: 0 })]).toEqual([]);
  expect([...log.query({ step: 0, epoch: 12_499 })].map(({ position }) => position)).toHaveLength(
    16,
  );
});
