import { test } from "vitest";
import { playRandomGames } from "./soundness.ts";

/** `npm run test:long` plays 1,000. */
const GAMES = 10;

test("the honest side wins against a liar, whichever it is, wherever the lie begins", () =>
  playRandomGames(GAMES));
