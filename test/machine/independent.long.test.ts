import { expect, test } from "vitest";
import { edgeTasks, largeTasks } from "../fixtures/machine/edgePrograms.ts";
import { hasPython } from "../fixtures/machine/reference.ts";
import { compareRandomModules, compareRandomTasks, compareTasks } from "./independent.ts";

test.skipIf(!hasPython)(
  "every state of tasks is the same in a machine that was written from the document alone (needs python3)",
  async () => {
    expect(await compareTasks(edgeTasks, 1)).toBeGreaterThan(1_000);
    await compareTasks(largeTasks, 500);
  },
);

test.skipIf(!hasPython)(
  "1,000 random modules give the same code and machine root there (needs python3)",
  () => compareRandomModules(1_000),
);

test.skipIf(!hasPython)("tasks of random programs go the same way there (needs python3)", () =>
  compareRandomTasks(200, 1),
);
