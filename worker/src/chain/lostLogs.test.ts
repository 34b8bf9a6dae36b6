import { afterAll, afterEach, beforeAll, beforeEach, onTestFailed, test } from "vitest";
import {
  emptyFilters,
  lyingAbout,
  receiptsOfAnotherBlock,
} from "../../../test/fixtures/lyingRpc.ts";
import { type Random, seededRandom } from "../../../test/fixtures/random.ts";
import {
  expectLiarDoubted,
  expectLiesSaid,
  type LongChain,
  startLongChain,
  startLostLogs,
} from "../../test/lostLogs.ts";
import { startedThings } from "../../test/network.ts";

// The same with ten thousand blocks is in lostLogs.long.test.ts.
const size = { blocks: 400, jobs: 40 };
const forAll = startedThings();
const forTest = startedThings();
let long: LongChain;
let random: Random;
beforeAll(async () => {
  long = await startLongChain(forAll, { ...size, random: seededRandom() });
});
beforeEach(() => {
  random = seededRandom();
  onTestFailed(() => console.log(`SEED=${random.seed}`));
});
afterEach(() => forTest.end());
afterAll(() => forAll.end());

test("one endpoint that loses, repeats, reorders and cuts off logs, and one that does not: all jobs are seen", async () => {
  const liar = lyingAbout("receipts", random);
  await expectLiarDoubted(await startLostLogs(forTest, long, [liar, undefined]));
});

test.each([
  ["gives receipts of another block", receiptsOfAnotherBlock],
  ["empties the blocks' filters", emptyFilters],
])("one endpoint that %s, and one that does not: all jobs are seen", async (_, liar) => {
  const { node, expectAll } = await startLostLogs(forTest, long, [liar, undefined]);
  await node.start();
  expectAll();
});

test("two that do so say of the events what cannot be: the node says so, and reads all when one is well again", async () => {
  const faults = [lyingAbout("receipts", random), lyingAbout("receipts", random)] as const;
  await expectLiesSaid(await startLostLogs(forTest, long, faults), 20_000);
});
