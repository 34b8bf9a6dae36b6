import { describe, expect, test } from "vitest";
import { echo, endless } from "../../../test/fixtures/programs.ts";
import { createFairQueue, type FairQueue } from "./fairQueue.ts";
import type { Program } from "./program.ts";
import type { Assignment } from "./slot.ts";

const taskOf = (program: Program): Assignment => ({
  ...{ program, input: new Uint8Array(), maxResultBytes: 1, maxSteps: 1n, limitMs: 1 },
  ...{ isSuspect: false, signal: undefined },
  settle() {},
  fail() {},
});

const tasksOf = (program: Program, count: number) =>
  Array.from({ length: count }, () => taskOf(program));

/** Takes and finishes one task after the other; gives the time spent on each program. */
function work(queue: FairQueue, turns: number, msOf: (program: Program) => number) {
  const spent = new Map<Program, number>();
  for (let turn = 0; turn < turns; turn++) {
    const [task] = queue.take(() => false);
    if (task === undefined) break;
    const { program } = task;
    queue.finished(task, msOf(program));
    spent.set(program, (spent.get(program) ?? 0) + msOf(program));
  }
  return spent;
}

test("programs get the same time, not the same number of tasks", () => {
  const queue = createFairQueue();
  for (const task of [...tasksOf(endless, 2_000), ...tasksOf(echo, 2_000)]) queue.add(task);
  const spent = work(queue, 1_100, (program) => (program === endless ? 100 : 1));
  const [long = 0, short = 0] = [spent.get(endless), spent.get(echo)];
  expect(Math.abs(long - short)).toBeLessThanOrEqual(500); // what an unknown one is charged, and a task
  expect(short).toBeGreaterThan(500);
});

test("time in which a program had no tasks is not saved up", () => {
  const queue = createFairQueue();
  for (const task of tasksOf(endless, 100)) queue.add(task);
  work(queue, 50, () => 100);
  for (const task of [...tasksOf(echo, 1_000), ...tasksOf(endless, 1_000)]) queue.add(task);
  const spent = work(queue, 60, () => 100);
  expect(Math.abs((spent.get(echo) ?? 0) - (spent.get(endless) ?? 0))).toBeLessThanOrEqual(500);
});

test("tasks of one program keep their order, those put back come first", () => {
  const queue = createFairQueue();
  const tasks = tasksOf(echo, 5);
  for (const task of tasks) queue.add(task);
  const taken = queue.take((task) => task !== tasks[3]);
  expect(taken).toEqual(tasks.slice(0, 3));
  queue.putBack(taken.slice(1));
  expect(queue.length).toBe(4);
  expect(queue.take(() => true)).toEqual(tasks.slice(1));
  expect(queue.peek()).toBeUndefined();
});

test("what overran counts with the time that it took, and for as long from then on", () => {
  const queue = createFairQueue();
  const [task] = tasksOf(endless, 1) as [Assignment];
  queue.add(task);
  queue.take(() => false);
  queue.overran(task, 2_000);
  queue.putBack([task]);
  for (const other of tasksOf(echo, 10)) queue.add(other);
  expect(queue.meanMs(endless)).toBe(2_000);
  // All of the other's tasks take less than this one has had already.
  expect(work(queue, 10, () => 100).get(echo)).toBe(1_000);
  expect(queue.peek()).toBe(task);
});

describe("a queue that changes", () => {
  test("knows whose tasks wait", () => {
    const queue = createFairQueue();
    const [one, other] = [taskOf(echo), taskOf(endless)];
    queue.add(one);
    expect([queue.hasOthers(echo), queue.hasOthers(endless)]).toEqual([false, true]);
    queue.add(other);
    expect([queue.hasOthers(echo), queue.hasOthers(endless)]).toEqual([true, true]);
    queue.remove(other);
    expect(queue.hasOthers(echo)).toBe(false);
    queue.remove(other);
    expect(queue.takeAll()).toEqual([one]);
    expect([queue.length, queue.hasOthers(endless)]).toEqual([0, false]);
  });
});
