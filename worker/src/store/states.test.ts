import { expect, test } from "vitest";
import {
  BATCH_EVENTS,
  BATCH_STATES,
  BATCH_TRANSITIONS,
  type BatchEvent,
  nextBatchState,
  type OwnBatchState,
} from "./batchState.ts";
import { JOB_EVENTS, JOB_STATES, JOB_TRANSITIONS } from "./jobState.ts";

// Both machines, in full: a row a state, a column an event, in the order of their lists; a dot is "stays where it is".

const BATCHES = `
             claimed   computed  stored    submitted questioned answered  settled   withdrawn released  expired   failed
none         claimed   .         .         submitted disputed   .         settled   .         .         .         .
claimed      .         computed  .         submitted disputed   .         settled   .         released  expired   failed
computed     .         .         stored    submitted disputed   .         settled   .         released  expired   failed
stored       .         .         .         submitted disputed   .         settled   .         released  expired   failed
submitted    .         .         .         .         disputed   .         settled   .         released  expired   failed
disputed     .         .         .         .         .          submitted settled   .         released  expired   failed
settled      .         .         .         .         .          .         .         withdrawn .         .         .
withdrawn    .         .         .         .         .          .         .         .         .         .         .
released     claimed   .         .         submitted disputed   .         settled   .         .         .         .
expired      claimed   .         .         submitted disputed   .         settled   .         .         .         .
failed       claimed   .         .         submitted disputed   .         settled   .         .         .         .`;

const JOBS = `
             fetched   tried     refused   closed    reorged
discovered   fetched   .         refused   closed    discovered
fetched      .         tried     refused   closed    discovered
tried        .         .         refused   closed    discovered
refused      .         .         .         closed    discovered
closed       .         .         .         .         discovered`;

function tableOf(text: string) {
  const [head = "", ...rows] = text.trim().split("\n");
  const events = head.trim().split(/\s+/);
  const cells = rows.map((row) => row.trim().split(/\s+/));
  return { events, rows: cells.map(([state = "", ...targets]) => ({ state, targets })) };
}

test("a batch: every state with every event", () => {
  const { events, rows } = tableOf(BATCHES);
  expect(events).toEqual(BATCH_EVENTS);
  expect(rows.map(({ state }) => state)).toEqual(["none", ...BATCH_STATES]);
  for (const { state, targets } of rows) {
    for (const [i, target] of targets.entries()) {
      const from = state === "none" ? undefined : (state as OwnBatchState);
      const to = nextBatchState(from, events[i] as BatchEvent);
      expect(to ?? ".", `${state} on ${events[i]}`).toBe(target);
    }
  }
});

test("a job: every state with every event", () => {
  const { events, rows } = tableOf(JOBS);
  expect(events).toEqual(JOB_EVENTS);
  expect(rows.map(({ state }) => state)).toEqual(JOB_STATES);
  for (const { state, targets } of rows) {
    const transitions: Partial<Record<string, string>> =
      JOB_TRANSITIONS[state as keyof typeof JOB_TRANSITIONS];
    expect(events.map((event) => transitions[event] ?? ".")).toEqual(targets);
  }
});

test("from everywhere but the end there is a way to the end, and none back from it", () => {
  const reach = (from: OwnBatchState | "none", seen = new Set<string>()): Set<string> => {
    for (const to of Object.values(BATCH_TRANSITIONS[from])) {
      if (!seen.has(to)) reach(to, seen.add(to));
    }
    return seen;
  };
  for (const state of ["none", ...BATCH_STATES] as const) {
    if (state !== "withdrawn") expect(reach(state), state).toContain("withdrawn");
  }
  expect(reach("withdrawn")).toEqual(new Set());
  expect(reach("settled")).toEqual(new Set(["withdrawn"]));
});
