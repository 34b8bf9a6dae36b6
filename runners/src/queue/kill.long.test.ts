import { test } from "vitest";
import { killQueueAndCheck } from "../../test/queueKills.ts";

test("killed at 50 random instants, of those that work and of those that wait, the run ends complete", () =>
  killQueueAndCheck({ kills: 50, count: 20_000 }));
