import { expect, test } from "vitest";
import { createDue } from "./due.ts";

test("work is done once for all its reasons, and only if there is one", async () => {
  const due = createDue({ isDue: false });
  let count = 0;
  const work = async () => void count++;
  await due.settle(work);
  expect(count).toBe(0);
  due.mark();
  due.mark();
  await due.settle(work);
  await due.settle(work);
  expect(count).toBe(1);
});

test("a reason that comes up during the work makes it due again", async () => {
  const due = createDue({ isDue: true });
  let count = 0;
  await due.settle(async () => {
    count++;
    due.mark();
  });
  await due.settle(async () => void count++);
  expect(count).toBe(2);
});

test("work that fails stays due", async () => {
  const due = createDue({ isDue: true });
  const broken = new Error("no answer");
  await expect(due.settle(() => Promise.reject(broken))).rejects.toBe(broken);
  let isDone = false;
  await due.settle(async () => {
    isDone = true;
  });
  expect(isDone).toBe(true);
});
