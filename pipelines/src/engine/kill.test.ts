import { test } from "vitest";
import { killAndCheck } from "../../test/kills.ts";

test("killed at any instant, all is done, no effect twice, and nothing that was recorded is computed again", () =>
  killAndCheck({ kills: 4, numbers: 2_000 }));
