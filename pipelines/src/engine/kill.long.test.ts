import { test } from "vitest";
import { killAndCheck } from "../../test/kills.ts";

test("killed at 50 random instants, all is done, no effect twice, and nothing that was recorded is computed again", () =>
  killAndCheck({ kills: 50, numbers: 10_000 }));
