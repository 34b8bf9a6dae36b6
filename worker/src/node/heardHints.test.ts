import type { Author, HeardHint } from "@assay/network";
import type { JobId } from "@assay/sdk";
import { expect, test } from "vitest";
import type { JobRecord } from "../store/nodeStore.ts";
import { createHeardHints } from "./heardHints.ts";

const jobOf = (i: number): JobId => `0x${i.toString(16).padStart(64, "0")}`;
const author = (peerId: string, standing = 5): Author => ({ peerId, account: undefined, standing });

/** A chain read up to block 100. */
function fixture() {
  const state = { next: 101n, timeMs: 0, looks: 0 };
  const jobs = new Set<JobId>();
  const blamed: string[] = [];
  const hints = createHeardHints({
    store: {
      job: (jobId) => (jobs.has(jobId) ? ({} as JobRecord) : undefined),
      nextBlock: () => state.next,
    },
    wake: () => state.looks++,
    blame: ({ peerId }) => blamed.push(peerId),
    now: () => state.timeMs,
  });
  const hear = (job: number, more: Partial<HeardHint> = {}) =>
    hints.hear({ job: jobOf(job), block: 101n, author: author("a"), ...more });
  return { state, jobs, blamed, hints, hear };
}

test("a job that is not known yet is a reason to look, once", () => {
  const { state, jobs, hear } = fixture();
  hear(1);
  hear(1, { author: author("b") });
  expect(state.looks).toBe(1);
  jobs.add(jobOf(2));
  hear(2);
  hear(3, { block: 100n }); // read already
  expect(state.looks).toBe(1);
});

test("however many hints come, looks are few: fewer still for strangers", () => {
  const { state, hear } = fixture();
  for (let i = 0; i < 2_000; i++) {
    state.timeMs += 5;
    hear(i);
  }
  expect(state.looks).toBeGreaterThan(5);
  expect(state.looks).toBeLessThanOrEqual(5 + 10);
  state.looks = 0;
  for (let i = 2_000; i < 4_000; i++) {
    state.timeMs += 5;
    hear(i, { author: author("s", 0) });
  }
  expect(state.looks).toBeGreaterThan(3);
  expect(state.looks).toBeLessThanOrEqual(3 + 2);
});

test("whoever told of a job that is not there is blamed, once the chain has shown it", () => {
  const { state, jobs, blamed, hints, hear } = fixture();
  hear(1);
  hear(1, { author: author("b") });
  hear(2);
  hints.check();
  expect(blamed).toEqual([]);
  jobs.add(jobOf(2));
  state.next = 102n;
  hints.check();
  hints.check();
  expect(blamed).toEqual(["a", "b"]);
});

test("a block that never comes is blamed after two minutes", () => {
  const { state, blamed, hints, hear } = fixture();
  hear(1, { block: 2n ** 52n });
  state.timeMs = 120_001;
  hints.check();
  expect(blamed).toEqual(["a"]);
});

test("who names an old block for a job that is not read yet is blamed alone", () => {
  const { state, jobs, blamed, hints, hear } = fixture();
  hear(1, { author: author("liar"), block: 0n });
  hear(1, { author: author("honest") });
  hints.check();
  expect(blamed).toEqual(["liar"]);
  jobs.add(jobOf(1));
  state.next = 102n;
  hints.check();
  expect(blamed).toEqual(["liar"]);
});

test("of a crowd that says the same only some are remembered", () => {
  const { state, blamed, hints, hear } = fixture();
  for (let i = 0; i < 10_000; i++) hear(1, { author: author(`${i}`, 0), block: 2n ** 52n });
  state.timeMs = 120_001;
  hints.check();
  expect(blamed.length).toBe(256);
});
