import { expect, onTestFailed } from "vitest";
import { type EdgeTask, edgeTasks, machineTaskOf } from "../../fixtures/machine/edgePrograms.ts";
import { randomTask } from "../../fixtures/machine/randomTask.ts";
import { seededRandom } from "../../fixtures/random.ts";
import { playAgainst } from "./games.ts";
import { type Course, courseOf, lieAbout } from "./liars.ts";
import { deploy } from "./players.ts";

/** Tasks whose states a test can keep all of. */
const MOST_STEPS = 2_000;
/** Of them, tasks of every family: loading, traps, copies, calls, several chunks. */
const NAMES = [
  "an input and a result of 1 bytes",
  "an input and a result of 3072 bytes",
  "an input and a result of 5121 bytes",
  "alloc gives an odd address",
  "a result of one byte too many",
  "a start function",
  "no fuel",
  "areas that end within leaves",
  "memory that grows to its limit, and no further",
  "every load and store over leaves' borders",
  "calls through a table",
  "an element of another type, which traps",
  "several results, from every kind of branch",
];

/** Plays games about random executions, in which either side lies about one random bit, or about everything: the other one wins. */
export async function playRandomGames(games: number): Promise<void> {
  const random = seededRandom();
  onTestFailed(() => console.error(`SEED=${random.seed}`));
  const table = await deploy();
  const courses = new Map<string, Course>();
  const find = async (name: string): Promise<Course> => {
    const edge = edgeTasks.find((one) => one.name === name) as EdgeTask;
    const course = courses.get(name) ?? courseOf(await machineTaskOf(edge));
    expect([name, course.proofs.length < MOST_STEPS]).toEqual([name, true]);
    courses.set(name, course);
    return course;
  };
  for (let game = 0; game < games; game++) {
    const edge = random.below(2) === 0 ? await randomTask(random, BigInt(MOST_STEPS)) : undefined;
    const name = edge?.name ?? (NAMES[random.below(NAMES.length)] as string);
    const course = edge === undefined ? await find(name) : courseOf(await machineTaskOf(edge));
    const lie = lieAbout(random, course);
    const isLiarWorker = game % 2 === 0;
    const hasHonestWon = await playAgainst(table, course, { random, lie, isLiarWorker });
    expect([game, name, lie.name, isLiarWorker, hasHonestWon]).toEqual([
      game,
      name,
      lie.name,
      isLiarWorker,
      true,
    ]);
  }
}
