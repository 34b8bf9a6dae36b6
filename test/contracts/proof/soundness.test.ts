import type { Hex } from "viem";
import { expect, test } from "vitest";
import { type EdgeTask, edgeTasks, machineTaskOf } from "../../fixtures/machine/edgePrograms.ts";
import { seededRandom } from "../../fixtures/random.ts";
import { playAgainst } from "./games.ts";
import { courseOf, truthOf } from "./liars.ts";
import {
  CLOCK_SECONDS,
  deploy,
  lastOf,
  openDispute,
  Ruling,
  rulingOf,
  wrongLeaf,
} from "./players.ts";
import { playRandomGames } from "./soundness.ts";

/** `npm run test:long` plays 1,000. */
const GAMES = 10;

test("the honest side wins against a liar, whichever it is, wherever the lie begins", () =>
  playRandomGames(GAMES));

test("an accomplice that challenges first and loses on purpose shields nothing", async () => {
  const table = await deploy();
  const edge = edgeTasks.find(({ name }) => name === "a start function") as EdgeTask;
  const course = courseOf(await machineTaskOf(edge));
  const { task, truth } = course;
  // Its worker says what is wrong; the accomplice lets its clock run out.
  const { dispute, beginning } = await openDispute(
    table,
    { machine: task.machine, task },
    wrongLeaf,
  );
  const lie = { name: "the end", claim: truthOf(course), ending: undefined };
  const end = lastOf(wrongLeaf);
  const posted = Array.from({ length: 16 }, (_, index) => (index < 15 ? (truth[0] as Hex) : end));
  await table.send(table.worker, "begin", [dispute, beginning, posted]);
  await table.passTime(CLOCK_SECONDS + 1);
  await table.send(table.worker, "timeOut", [dispute]);
  expect(await rulingOf(table, dispute)).toBe(Ruling.challengeFailed);
  // The next one, who is honest, wins about the same leaf.
  const random = seededRandom();
  expect(await playAgainst(table, course, { random, lie, isLiarWorker: true })).toBe(true);
});
