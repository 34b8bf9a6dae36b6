import { test } from "vitest";
import { playRandomGames } from "./soundness.ts";

test("the honest side wins 1,000 games against a liar, whichever it is, wherever the lie begins", () =>
  playRandomGames(1_000));
