import { test } from "vitest";
import { playRandomGames } from "./soundness.ts";

// Half of them are about random programs.
test("the honest side wins 2,000 games against a liar, whichever it is, wherever the lie begins", () =>
  playRandomGames(2_000));
