import { expect, test } from "vitest";
import { edgeTasks } from "../fixtures/machine/edgePrograms.ts";
import { hasPython } from "../fixtures/machine/reference.ts";
import { compareRandomModules, compareRandomTasks, compareTasks } from "./independent.ts";

/** `npm run test:long` compares every state, and 1,000 random modules. */
const EVERY = 13;
const MODULES = 20;
const TASKS = 8;

test.skipIf(!hasPython)(
  "tasks go the same way in a machine that was written from the document alone (needs python3)",
  async () => {
    expect(await compareTasks(edgeTasks, EVERY)).toBeGreaterThan(edgeTasks.length);
  },
);

test.skipIf(!hasPython)(
  "random modules give the same code and machine root there (needs python3)",
  () => compareRandomModules(MODULES),
);

test.skipIf(!hasPython)("tasks of random programs go the same way there (needs python3)", () =>
  compareRandomTasks(TASKS, EVERY),
);
